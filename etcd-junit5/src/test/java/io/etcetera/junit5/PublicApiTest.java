package io.etcetera.junit5;

import io.etcetera.server.testing.PublicApi;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PublicApiTest {
    private static final Path LISTING = Path.of("src/test/resources/public-api.txt");

    @Test
    void isWhatIsWrittenDown() throws IOException {
        PublicApi.check(
                type -> type.getPackageName().equals("io.etcetera.junit5"),
                LISTING,
                EtcdClusterExtension.class,
                WithEtcd.class,
                EtcdCluster.class);
    }
}
