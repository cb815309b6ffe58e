package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README tells people to type works as it stands there: in a network of its own, where the ports are free. */
class ReadmeIT {
    private static final Path README = Path.of("..", "README.md");
    private static final String ALONE = "ip link set lo up && ";

    @TempDir
    private Path directory;

    /** The fenced block that has these words in it. */
    private static String block(String words) throws Exception {
        String text = Files.readString(README);
        int begin = text.lastIndexOf("```sh\n", text.indexOf(words)) + "```sh\n".length();
        return text.substring(begin, text.indexOf("```", begin));
    }

    /** Whatever the script has left behind ends with it. */
    private String run(String script) throws Exception {
        String path = Tools.stock("etcdctl").getParent() + ":" + System.getenv("PATH");
        return ServerProcess.run(
                directory,
                List.of("PATH=" + path),
                "unshare",
                "--net",
                "--pid",
                "--fork",
                "--mount-proc",
                "sh",
                "-c",
                ALONE + script);
    }

    @Test
    void threeMembersByFlags() throws Exception {
        assumeTrue(
                "root".equals(System.getProperty("user.name")) && !run("true").contains("exit status"),
                "a network of one's own takes root on Linux");
        Path dist = Files.createDirectories(directory.resolve("etcd-daemon").resolve("target"))
                .resolve("dist");
        Files.createSymbolicLink(
                dist, Objects.requireNonNull(Tools.ourEtcd().getParent()).getParent());
        String typed = block("--initial-cluster $cluster").strip();
        int question = typed.lastIndexOf("\netcdctl ");
        // People look again when the members have not come up yet.
        String script = "{ " + typed.substring(0, question) + "\n} 2> log\n" + "for i in $(seq 100); do "
                + typed.substring(question + 1) + " > table 2> failed && break; sleep 1; done; cat table";
        String table = run(script);

        assertThat(table)
                .as(() -> read("failed") + read("log"))
                .contains("127.0.0.1:12379", "127.0.0.1:22379", "127.0.0.1:32379");
        assertThat(table.lines().filter(line -> line.contains(" 3.7.1 "))).hasSize(3);
    }

    private String read(String file) {
        try {
            return Files.readString(directory.resolve(file));
        } catch (java.io.IOException e) {
            return file + ": " + e;
        }
    }
}
