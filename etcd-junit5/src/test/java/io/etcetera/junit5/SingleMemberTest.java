package io.etcetera.junit5;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class SingleMemberTest {
    @RegisterExtension
    static final EtcdClusterExtension cluster =
            EtcdClusterExtension.builder().withClusterName("single").build();

    @Test
    void keepsItsValuesAndAddressesWhenRestarted() throws Exception {
        List<URI> endpoints = cluster.clientEndpoints();
        try (Client client = Client.builder().endpoints(endpoints).build()) {
            client.getKVClient().put(bytes("key"), bytes("value")).get();
            cluster.restart(1, TimeUnit.MILLISECONDS);
            assertThat(cluster.clientEndpoints()).isEqualTo(endpoints);
            assertThat(client.getKVClient().get(bytes("key")).get().getKvs())
                    .singleElement()
                    .satisfies(found -> assertThat(found.getValue()).isEqualTo(bytes("value")));
        }
    }

    @Test
    void isReachedWithoutASocket() {
        Values.put(cluster.channel(), "short", "cut");
        assertThat(Values.get(cluster.members().get(0).channel(), "short")).isEqualTo("cut");
    }

    @Test
    void saysWhoAndWhereItIs() {
        assertThat(cluster.clusterName()).isEqualTo("single");
        assertThat(cluster.members()).hasToString("[single0]");
        assertThat(cluster.members().get(0).isLeader()).isTrue();
        assertThat(cluster.peerEndpoints())
                .singleElement()
                .satisfies(url -> assertThat(url.getScheme()).isEqualTo("http"));
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
