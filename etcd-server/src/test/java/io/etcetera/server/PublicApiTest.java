package io.etcetera.server;

import io.etcetera.server.net.FreePorts;
import io.etcetera.server.testing.PublicApi;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    private static final Path LISTING = Path.of("src/test/resources/public-api.txt");

    /** What {@code docs/embedding.md} begins with. The generated messages follow etcd's, which have rules of their own. */
    @Test
    void isWhatIsWrittenDown() throws IOException {
        PublicApi.check(
                type -> type.getName().startsWith("io.etcetera.")
                        && !type.getName().startsWith("io.etcetera.proto."),
                LISTING,
                Etcd.class,
                EtcdListener.class,
                FreePorts.class);
    }
}
