package io.etcetera.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityTest {

    @TempDir
    private Path directory;

    @Test
    void comesBackAsItWasWritten() throws Exception {
        for (boolean joined : new boolean[] {false, true}) {
            Identity identity = new Identity(0x8e9e05c52164694dL, 2, joined);
            identity.write(directory);
            assertThat(Identity.read(directory)).isEqualTo(identity);
        }
    }

    @Test
    void filesOfVersion01AreOfMembersThatMadeTheirCluster() throws Exception {
        Files.writeString(directory.resolve("identity"), "{\"format\":1,\"memberId\":\"a\",\"clusterId\":\"ff\"}\n");
        assertThat(Identity.read(directory)).isEqualTo(new Identity(10, 255, false));
    }
}
