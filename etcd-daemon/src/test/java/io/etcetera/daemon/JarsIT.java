package io.etcetera.daemon;

import io.etcetera.server.testing.BuiltJar;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The jars of all modules below this one, as they are published. */
class JarsIT {
    private static final Path LIB = Path.of("target", "dist", "lib");

    @ParameterizedTest
    @CsvSource({
        "etcd-proto, io.etcetera.proto",
        "etcd-raft, io.etcetera.raft",
        "etcd-mvcc, io.etcetera.mvcc",
        "etcd-server, io.etcetera.server",
        "etcd-daemon, io.etcetera.daemon",
    })
    void getsAlongWithOthers(String artifact, String moduleName) throws IOException {
        BuiltJar.check(BuiltJar.find(LIB, artifact), moduleName);
    }
}
