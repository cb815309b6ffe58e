package io.etcetera.daemon.acceptance;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** etcd's own Go client: the examples of its authors, unchanged, and an ordinary use of each package that has none. */
class GoClientIT {
    @TempDir
    static Path directory;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        // One of the examples waits a second for a notification of progress.
        server = ServerProcess.start(
                Tools.ourEtcd(), directory.resolve("server"), "--watch-progress-notify-interval=200ms");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> examples() throws IOException, URISyntaxException {
        return run("clientv3");
    }

    @TestFactory
    Stream<DynamicTest> examplesOfConcurrency() throws IOException, URISyntaxException {
        return run("concurrency");
    }

    @TestFactory
    Stream<DynamicTest> otherPackages() throws IOException, URISyntaxException {
        return run("packages");
    }

    private static Stream<DynamicTest> run(String program) throws IOException, URISyntaxException {
        GoTests tests = new GoTests(
                Tools.goClient(program), directory, List.of("ETCD_ENDPOINTS=" + server.endpoint()), List.of());
        return tests.of(CaseList.read("/acceptance/go/" + program + ".txt"));
    }
}
