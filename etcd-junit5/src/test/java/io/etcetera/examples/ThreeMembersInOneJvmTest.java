package io.etcetera.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.net.FreePorts;
import io.etcetera.server.testing.cluster.Await;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ThreeMembersInOneJvmTest {
    @TempDir
    private Path directory;

    @Test
    void threeMembers() throws Exception {
        // guide three
        try (FreePorts ports = new FreePorts()) {
            Map<String, URI> peers = Map.of(
                    "a", URI.create("http://127.0.0.1:" + ports.next()),
                    "b", URI.create("http://127.0.0.1:" + ports.next()),
                    "c", URI.create("http://127.0.0.1:" + ports.next()));
            String all = peers.entrySet().stream()
                    .map(peer -> peer.getKey() + "=" + peer.getValue())
                    .collect(Collectors.joining(","));
            List<URI> anyPort = List.of(URI.create("http://127.0.0.1:0"));

            List<Etcd> members = new ArrayList<>();
            try {
                for (Map.Entry<String, URI> peer : peers.entrySet()) {
                    EtcdConfig config = EtcdConfig.builder()
                            .name(peer.getKey())
                            .dataDir(directory.resolve(peer.getKey()))
                            .listenClientUrls(anyPort)
                            .advertiseClientUrls(anyPort)
                            .listenPeerUrls(List.of(peer.getValue()))
                            .initialAdvertisePeerUrls(List.of(peer.getValue()))
                            .initialCluster(all)
                            .build();
                    // Not start(): the first would wait for the second.
                    members.add(Etcd.launcher(config).startAsync());
                }
                for (Etcd member : members) {
                    member.ready().get(1, TimeUnit.MINUTES);
                }
                long leader = members.get(0).leaderId();
                // end
                Set<Long> ids = members.stream().map(Etcd::memberId).collect(Collectors.toSet());
                assertThat(ids).hasSize(3);
                // On a machine that stands still, the first leader may be lost already.
                assertThat(leader == 0 || ids.contains(leader)).isTrue();
                Await.until(
                        "a leader",
                        Duration.ofMinutes(1),
                        () -> ids.contains(members.get(0).leaderId()));
                assertThat(members.stream().map(Etcd::clusterId).distinct()).hasSize(1);
                // guide three-close
            } finally {
                members.forEach(Etcd::close);
            }
        }
        // end
    }
}
