package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Example programs by the authors of the clients, unchanged: these expect the server where etcd is by default. */
class ExamplesIT {
    private static final int PORT = 2379;
    private static final String URL = "http://127.0.0.1:" + PORT;

    /** IDs, in both notations; what is left of a lease, which depends on when one asks; sizes and hashes of files. */
    private static final Pattern NEVER_EQUAL = Pattern.compile("\\b\\d{12,20}\\b|/[0-9a-f]{9,16}\\b|\\bremain ttl \\d+"
            + "|\\b(raft_term|raft_index|raft_applied_index|db_size|db_size_in_use|hash|blob len):? \\d+"
            + "|\\bsnapshot hash \\[[^]]*]");

    @TempDir
    static Path directory;

    private static FixedPort port;

    @BeforeAll
    static void takeThePort() throws IOException {
        port = FixedPort.take(PORT);
    }

    @AfterAll
    static void givePortBack() throws IOException {
        port.close();
    }

    /** Each example says the same of this server as of stock etcd. */
    @TestFactory
    Stream<DynamicTest> rust() throws Exception {
        List<String> examples = CaseList.read("/acceptance/rust/examples.txt");
        Map<String, String> expected = play(Tools.stock("etcd"), "rust-stock", examples);
        Map<String, String> actual = play(Tools.ourEtcd(), "rust-ours", examples);
        return examples.stream()
                .map(example -> DynamicTest.dynamicTest(
                        example,
                        () -> assertThat(actual.get(example))
                                .isEqualTo(expected.get(example))
                                .doesNotContain("exit status")));
    }

    @Test
    void goThatPrintsNothing() throws Exception {
        String program = Tools.goClient("clientv3util").toString();
        assertThat(run("go", List.of(), program, "-test.v"))
                .contains("--- PASS: TestExamples ")
                .doesNotContain("exit status");
    }

    @Test
    void readmeOfTheNodeClient() throws Exception {
        String modules = Tools.nodeModules().toString();
        String script = CaseList.file("/acceptance/node/readme.js").toString();
        assertThat(run("node", List.of("NODE_PATH=" + modules), "node", script))
                .isEqualTo("foo was: bar\nall our keys starting with \"f\": [ 'foo' ]\n");
    }

    @Test
    void readmeOfThePythonClient() throws Exception {
        String python = Tools.python().toString();
        String script = CaseList.file("/acceptance/python/readme.py").toString();
        assertThat(run("python", List.of(), python, script)).endsWith("\nall good\n");
    }

    /** Runs the examples one after the other on one server; gives what each printed, made comparable. */
    private static Map<String, String> play(Path program, String name, List<String> examples) throws Exception {
        Map<String, String> printed = new LinkedHashMap<>();
        try (ServerProcess server = start(program, name)) {
            for (String example : examples) {
                String output = ServerProcess.run(
                        directory, List.of(), Tools.rustExample(example).toString());
                printed.put(example, NEVER_EQUAL.matcher(output).replaceAll("N"));
            }
            assertThat(server.isAlive()).isTrue();
        }
        return printed;
    }

    private static String run(String name, List<String> environment, String... command) throws Exception {
        try (ServerProcess server = start(Tools.ourEtcd(), name)) {
            String output = ServerProcess.run(directory, environment, command);
            assertThat(server.isAlive()).isTrue();
            return output;
        }
    }

    private static ServerProcess start(Path program, String name) throws Exception {
        return ServerProcess.start(
                program, directory.resolve(name), "--listen-client-urls=" + URL, "--advertise-client-urls=" + URL);
    }
}
