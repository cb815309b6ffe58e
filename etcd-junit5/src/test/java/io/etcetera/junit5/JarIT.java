package io.etcetera.junit5;

import io.etcetera.server.testing.BuiltJar;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class JarIT {

    @Test
    void getsAlongWithOthers() throws IOException {
        BuiltJar.check(BuiltJar.find(Path.of("target"), "etcd-junit5"), "io.etcetera.junit5");
    }
}
