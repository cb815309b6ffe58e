package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.Certificates;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stock etcdctl gives the same output against this server as against stock etcd. Each file below {@code
 * acceptance/etcdctl} is a session that is run against a fresh server of each kind.
 */
class EtcdctlIT {

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> sessions() throws IOException, URISyntaxException {
        URL sessions = Objects.requireNonNull(EtcdctlIT.class.getResource("/acceptance/etcdctl"));
        List<Path> files;
        try (Stream<Path> list = Files.list(Path.of(sessions.toURI()))) {
            files = list.sorted().toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(name(file), () -> compare(file, List.of(), new String[0])));
    }

    /** Calls and streams once more, with certificates on both sides. */
    @TestFactory
    Stream<DynamicTest> sessionsWithCertificates() throws IOException, InterruptedException {
        Certificates certificates = Certificates.in(directory.resolve("pki"));
        Path sessions = Path.of("src", "test", "resources", "acceptance", "etcdctl");
        return Stream.of("kv.sh", "watch.sh")
                .map(sessions::resolve)
                .map(file -> DynamicTest.dynamicTest(
                        name(file),
                        () -> compare(file, certificates.etcdctlEnvironment(), certificates.mutualFlags())));
    }

    private void compare(Path file, List<String> environment, String[] flags) throws IOException, InterruptedException {
        EtcdctlSession session = EtcdctlSession.read(file);
        Path stock = directory.resolve(session.name() + "-stock");
        List<String> expected = play(Tools.stock("etcd"), stock, session, environment, flags);
        Path ours = directory.resolve(session.name() + "-ours");
        List<String> actual = play(Tools.ourEtcd(), ours, session, environment, flags);
        for (int i = 0; i < session.blocks().size(); i++) {
            assertThat(actual.get(i)).as("$ %s", session.blocks().get(i)).isEqualTo(expected.get(i));
        }
    }

    private static List<String> play(
            Path program, Path directory, EtcdctlSession session, List<String> environment, String[] flags)
            throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.start(program, directory, flags)) {
            return session.play(List.of(server.clientUrl()), directory.resolve("work"), environment);
        }
    }

    private static String name(Path file) {
        return Objects.requireNonNull(file.getFileName()).toString();
    }
}
