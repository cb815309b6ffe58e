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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stock etcdctl gives the same output against this server as against stock etcd. Each file below {@code
 * acceptance/etcdctl} is a session: blocks of shell commands, separated by blank lines, run one after the other against
 * a fresh server of each kind. What differs by nature (IDs, terms, sizes) is masked before comparing.
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

    private void compare(Path session, List<String> environment, String[] flags)
            throws IOException, InterruptedException {
        List<String> blocks = blocks(Files.readString(session));
        Path stock = directory.resolve(name(session) + "-stock");
        List<String> expected = play(Tools.stock("etcd"), stock, blocks, environment, flags);
        Path ours = directory.resolve(name(session) + "-ours");
        List<String> actual = play(Tools.ourEtcd(), ours, blocks, environment, flags);
        for (int i = 0; i < blocks.size(); i++) {
            assertThat(actual.get(i)).as("$ %s", blocks.get(i)).isEqualTo(expected.get(i));
        }
    }

    private static List<String> play(
            Path program, Path directory, List<String> blocks, List<String> extraEnvironment, String[] flags)
            throws IOException, InterruptedException {
        Path workingDirectory = Files.createDirectories(directory.resolve("work"));
        String path = Tools.stock("etcdctl").getParent() + ":" + System.getenv("PATH");
        List<String> outputs = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(program, directory, flags)) {
            List<String> environment = new ArrayList<>(extraEnvironment);
            environment.add("PATH=" + path);
            environment.add("ETCDCTL_ENDPOINTS=" + server.clientUrl());
            for (String block : blocks) {
                String output = ServerProcess.run(workingDirectory, environment, "sh", "-c", block);
                outputs.add(Masks.apply(
                        output.replace(server.clientUrl(), "ENDPOINT").replace(server.endpoint(), "ENDPOINT")));
            }
        }
        return outputs;
    }

    private static List<String> blocks(String text) {
        return Stream.of(text.split("\n\\s*\n"))
                .filter(block -> block.lines().anyMatch(line -> !line.startsWith("#") && !line.isBlank()))
                .map(String::strip)
                .toList();
    }

    private static String name(Path file) {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        return name.substring(0, name.lastIndexOf('.'));
    }
}
