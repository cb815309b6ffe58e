package io.etcetera.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.EtcdConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlConfigTest {
    @TempDir
    private Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("etcd.yaml"), content);
    }

    @Test
    void meansWhatItMeansToTheDaemon() throws IOException {
        EtcdConfig config = YamlConfig.read(file("""
                        name: m1
                        heartbeat-interval: 50
                        election-timeout: 500
                        listen-client-urls: http://127.0.0.1:0
                        advertise-client-urls: http://127.0.0.1:0
                        max-txn-ops: 7
                        """)).maxLearners(2).build();
        assertThat(config.name()).isEqualTo("m1");
        assertThat(config.dataDir()).isEqualTo(Path.of("m1.etcd"));
        assertThat(config.initialCluster()).isEqualTo("m1=http://localhost:2380");
        assertThat(config.listenClientUrls()).containsExactly(URI.create("http://127.0.0.1:0"));
        assertThat(config.electionTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.maxTxnOps()).isEqualTo(7);
        assertThat(config.maxLearners()).isEqualTo(2);
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        Path wrong = file("initial-cluster-state: maybe\n");
        assertThatThrownBy(() -> YamlConfig.read(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unexpected clusterState \"maybe\"");
        assertThatThrownBy(() -> YamlConfig.read(directory.resolve("none.yaml")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.yaml: no such file or directory");
    }
}
