package io.etcetera.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.io.File;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class TlsTest {
    @RegisterExtension
    static final EtcdClusterExtension cluster =
            EtcdClusterExtension.builder().withNodes(3).withSsl(true).build();

    @Test
    void clientsKnowAllMembersByOneFile() throws Exception {
        File caFile = cluster.caFile().toFile();
        for (EtcdMember member : cluster.members()) {
            assertThat(member.clientEndpoint().getScheme()).isEqualTo("https");
            assertThat(member.peerEndpoint().getScheme()).isEqualTo("https");
            try (Client client = Client.builder()
                    .endpoints(member.clientEndpoint())
                    .sslContext(ssl -> ssl.trustManager(caFile))
                    .build()) {
                ByteSequence name = ByteSequence.from(member.name(), UTF_8);
                assertThat(client.getKVClient()
                                .put(name, name)
                                .get()
                                .getHeader()
                                .getRevision())
                        .isGreaterThan(1);
            }
        }
    }
}
