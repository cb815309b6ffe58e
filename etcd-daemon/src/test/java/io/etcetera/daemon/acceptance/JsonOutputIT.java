package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.server.text.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reads the log by machine finds nothing but JSON in it, whatever happens and whoever prints. */
class JsonOutputIT {
    @TempDir
    private Path directory;

    /** Options of which the JVM tells that it has picked them up, and one that it warns of. */
    private static final List<String> NOISY = List.of(
            "JAVA_TOOL_OPTIONS=-Dx=y", "JDK_JAVA_OPTIONS=-Da=b", "_JAVA_OPTIONS=-Dc=d", "ETCD_JAVA_OPTS=-Xverify:none");

    private static List<String> run(Path home, List<String> environment, String... flags) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Tools.ourEtcd().toString(), "--data-dir=" + home.resolve("data")));
        command.addAll(List.of(flags));
        return ServerProcess.run(home, environment, command.toArray(String[]::new))
                .lines()
                .toList();
    }

    private static Map<String, Object> record(String line) {
        Map<String, Object> record = Json.parseObject(line);
        assertThat(record).containsKeys("level", "ts", "msg");
        return record;
    }

    @Test
    void ofAStartWithTlsAndAnEnd() throws Exception {
        try (ServerProcess server =
                ServerProcess.start(Tools.ourEtcd(), directory.resolve("tls"), "--auto-tls", "--log-level=debug")) {
            server.terminate();
            assertThat(server.log().lines().map(JsonOutputIT::record)).hasSizeGreaterThan(10);
        }
    }

    @Test
    void ofAStartThatFailsOnANoisyJvm() throws Exception {
        List<String> lines = run(directory, NOISY, "--listen-client-urls=http://192.0.2.1:1");
        assertThat(lines).last().isEqualTo("exit status 1");
        assertThat(lines.subList(0, lines.size() - 1).stream().map(JsonOutputIT::record))
                .isNotEmpty();
    }

    @Test
    void ofAnEndForWantOfMemory() throws Exception {
        int port = ServerProcess.freePort();
        int peerPort = ServerProcess.freePort();
        List<String> lines = run(
                directory,
                List.of("ETCD_JAVA_OPTS=-Xms8m -Xmx8m -XX:NewSize=1m -XX:MaxNewSize=2m"),
                "--listen-client-urls=http://127.0.0.1:" + port,
                "--advertise-client-urls=http://127.0.0.1:" + port,
                "--listen-peer-urls=http://127.0.0.1:" + peerPort);
        assertThat(lines).last().isEqualTo("exit status 3");
        List<String> log = lines.subList(0, lines.size() - 1);
        // Not always the last: whoever writes at that moment may do so to the end.
        assertThat(log.stream().map(JsonOutputIT::record))
                .anySatisfy(record -> assertThat(record).containsEntry("level", "fatal"));
    }
}
