package io.etcetera.server.cluster.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.EtcdConfig;
import io.etcetera.server.cluster.Bootstrap;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.boot.SrvResolver.SrvRecord;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SrvDiscoveryTest {
    private static final String PLAIN = "_etcd-server._tcp.example.com";
    private static final String SSL = "_etcd-server-ssl._tcp.example.com";

    private final Map<String, List<SrvRecord>> records = new HashMap<>();
    private final EtcdConfig.Builder config = EtcdConfig.builder()
            .name("me")
            .discoverySrv("example.com")
            .initialAdvertisePeerUrls(List.of(URI.create("http://127.0.0.2:2380")));

    private String discover() throws ClusterConfigException {
        return new SrvDiscovery(config.build(), this::lookup).discover().toString();
    }

    private List<SrvRecord> lookup(String name) throws IOException {
        List<SrvRecord> found = records.get(name);
        if (found == null) {
            throw new IOException("lookup " + name + " on 10.255.255.53:53: no such host");
        }
        return found;
    }

    private static SrvRecord record(String target) {
        return new SrvRecord(0, 0, 2380, target);
    }

    @Test
    void theRecordOfOurAddressIsOursAndTheOthersAreNumbered() throws Exception {
        records.put(PLAIN, List.of(record("127.0.0.1"), record("127.0.0.2"), record("127.0.0.3")));

        assertThat(discover()).isEqualTo("0=http://127.0.0.1:2380,1=http://127.0.0.3:2380,me=http://127.0.0.2:2380");
    }

    @Test
    void bothServicesCount() throws Exception {
        config.initialAdvertisePeerUrls(
                List.of(URI.create("http://127.0.0.2:2380"), URI.create("https://127.0.0.3:2380")));
        records.put(PLAIN, List.of(record("127.0.0.2")));
        records.put(SSL, List.of(record("127.0.0.3")));

        assertThat(discover()).isEqualTo("me=http://127.0.0.2:2380,me=https://127.0.0.3:2380");
    }

    @Test
    void theNameOfTheServiceMayHaveASuffix() throws Exception {
        config.discoverySrvName("test");
        records.put("_etcd-server-test._tcp.example.com", List.of(record("127.0.0.2")));

        assertThat(discover()).isEqualTo("me=http://127.0.0.2:2380");
    }

    @Test
    void aRecordThatLeadsNowhereIsLeftOut() throws Exception {
        records.put(PLAIN, List.of(record("no.such.host.invalid"), record("127.0.0.2")));

        assertThat(discover()).isEqualTo("me=http://127.0.0.2:2380");
    }

    /** As etcd 3.7.1 prints it. */
    @Test
    void thereAreNoRecords() {
        assertThatThrownBy(this::discover)
                .isInstanceOf(ClusterConfigException.class)
                .hasMessage("error setting up initial cluster: error querying DNS SRV records for _etcd-server-ssl"
                        + " lookup _etcd-server-ssl._tcp.example.com on 10.255.255.53:53: no such host\n"
                        + "error querying DNS SRV records for _etcd-server lookup _etcd-server._tcp.example.com on"
                        + " 10.255.255.53:53: no such host");
    }

    @Test
    void noneOfTheRecordsIsOurs() {
        records.put(PLAIN, List.of(record("127.0.0.1")));
        assertThatThrownBy(this::discover)
                .hasMessage("error setting up initial cluster: cannot find local etcd member \"me\" in SRV records");
    }

    @Test
    void ourRecordIsOfAnotherScheme() {
        records.put(SSL, List.of(record("127.0.0.2")));
        assertThatThrownBy(this::discover)
                .hasMessageStartingWith("error setting up initial cluster: error querying DNS SRV records for"
                        + " _etcd-server-ssl bootstrap at https://127.0.0.2:2380 from DNS for etcd-server-ssl has scheme"
                        + " mismatch with expected peer http://127.0.0.2:2380\n");
    }

    @Test
    void asksARealServer() throws Exception {
        records.put(
                PLAIN,
                List.of(
                        new SrvRecord(5, 0, 2381, "later.example.com"),
                        new SrvRecord(1, 0, 2380, "first.example.com")));
        try (FakeNameServer server = new FakeNameServer(records)) {
            DnsSrvResolver resolver = DnsSrvResolver.at(server.address());

            assertThat(resolver.lookup(PLAIN))
                    .containsExactly(
                            new SrvRecord(1, 0, 2380, "first.example.com"),
                            new SrvRecord(5, 0, 2381, "later.example.com"));
            assertThatThrownBy(() -> resolver.lookup(SSL))
                    .isInstanceOf(IOException.class)
                    .hasMessage("lookup " + SSL + " on " + server.address() + ": no such host");
        }
    }

    @Test
    void findsTheClusterForAFirstStart() throws Exception {
        records.put(PLAIN, List.of(record("127.0.0.1"), record("127.0.0.2")));
        Bootstrap bootstrap = new Bootstrapper(
                        config.initialCluster("").build(), RemoteCluster.NONE, DiscoveryService.NONE, this::lookup)
                .bootstrap();

        assertThat(bootstrap.members()).hasSize(2);
    }
}
