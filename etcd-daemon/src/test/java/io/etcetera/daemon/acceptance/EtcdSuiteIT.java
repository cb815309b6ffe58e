package io.etcetera.daemon.acceptance;

import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * etcd's own end-to-end suite with our launcher in the place of {@code etcd}, beside stock etcdctl and etcdutl. The cases, and
 * those that are left out for now, are in {@code acceptance/suite/cases.txt}.
 */
class EtcdSuiteIT {
    /** Where the suite has its first member listen. */
    private static final int FIRST_PORT = 20_000;

    @TempDir
    static Path directory;

    private static FixedPort port;

    @BeforeAll
    static void takeThePort() throws IOException {
        port = FixedPort.take(FIRST_PORT);
    }

    @AfterAll
    static void givePortBack() throws IOException {
        port.close();
    }

    @TestFactory
    Stream<DynamicTest> cases() throws IOException, URISyntaxException {
        Path suite = Tools.suite();
        Path programs = Files.createDirectory(directory.resolve("bin"));
        place(programs.resolve("etcd"), Tools.ourEtcd());
        place(programs.resolve("etcdctl"), Tools.stock("etcdctl"));
        place(programs.resolve("etcdutl"), Tools.stock("etcdutl"));
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        GoTests tests = new GoTests(
                suite,
                suite.resolveSibling("common"),
                List.of("TMPDIR=" + temporary, "E2E_TEST_MINIMAL=true"),
                List.of("-bin-dir=" + programs));
        return tests.of(CaseList.read("/acceptance/suite/cases.txt"));
    }

    /** Makes {@code name} a script that becomes {@code program}. */
    private static void place(Path name, Path program) throws IOException {
        Files.writeString(name, "#!/bin/sh\nexec '" + program + "' \"$@\"\n");
        Files.setPosixFilePermissions(name, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
