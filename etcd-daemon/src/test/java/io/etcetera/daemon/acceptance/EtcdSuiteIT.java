package io.etcetera.daemon.acceptance;

import io.etcetera.daemon.testing.Tools;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * etcd's own end-to-end suite with our launcher in the place of {@code etcd}, beside stock etcdctl and etcdutl. Always the cases
 * of {@code acceptance/suite/cases.txt}, which have one member; with {@code -Detcd.suite=all} also those of {@code rest.txt}.
 * Most of these start three members, with TLS or without, and have ten seconds for it and for all that follows: they take twenty
 * minutes, and say something only on a machine that does nothing else.
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
        List<String> cases = new ArrayList<>(CaseList.read("/acceptance/suite/cases.txt"));
        if ("all".equals(System.getProperty("etcd.suite"))) {
            cases.addAll(CaseList.read("/acceptance/suite/rest.txt"));
        }
        return suite().of(cases);
    }

    private static GoTests suite() throws IOException {
        Path suite = Tools.suite();
        Path programs = Files.createDirectory(directory.resolve("bin"));
        place(programs.resolve("etcd"), Tools.ourEtcd());
        place(programs.resolve("etcdctl"), Tools.stock("etcdctl"));
        place(programs.resolve("etcdutl"), Tools.stock("etcdutl"));
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        return new GoTests(
                suite, suite.resolveSibling("common"), List.of("TMPDIR=" + temporary), List.of("-bin-dir=" + programs));
    }

    /** Makes {@code name} a script that becomes {@code program}. */
    private static void place(Path name, Path program) throws IOException {
        Files.writeString(name, "#!/bin/sh\nexec '" + program + "' \"$@\"\n");
        Files.setPosixFilePermissions(name, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
