package io.etcetera.daemon.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcetera.daemon.testing.Docker;
import io.etcetera.server.testing.cluster.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The container image, built here without a registry. */
class ImageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ByteSequence KEY = ByteSequence.from("key", UTF_8);
    private static final ByteSequence VALUE = ByteSequence.from("value", UTF_8);

    private static String image;

    private final List<String> containers = new ArrayList<>();
    private final String volume = "etcd-test-" + UUID.randomUUID();

    @BeforeAll
    static void build() throws Exception {
        Docker.assumeItBuilds();
        image = Docker.buildImage();
    }

    @AfterEach
    void clean() throws Exception {
        for (String container : containers) {
            Docker.run("rm", "--force", container);
        }
        Docker.run("volume", "rm", "--force", volume);
    }

    private String start() throws Exception {
        String container = Docker.run(
                "run",
                "--detach",
                "--volume=" + volume + ":/var/lib/etcd",
                "--publish=127.0.0.1::2379",
                "--health-interval=1s",
                // Without it, TLS would be served all the same, by the JDK.
                "--env=ETCD_JAVA_OPTS=-Detcetera.tls.provider=boringssl",
                image,
                "etcd",
                "--listen-client-urls=http://0.0.0.0:2379,https://0.0.0.0:2381",
                "--auto-tls",
                "--advertise-client-urls=http://127.0.0.1:2379");
        containers.add(container);
        Await.until("the container to be healthy", PATIENCE, () -> isHealthy(container));
        return container;
    }

    private static boolean isHealthy(String container) {
        try {
            return inspect(container, "{{.State.Health.Status}}").equals("healthy");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("docker inspect failed", e);
        }
    }

    private static String inspect(String what, String format) throws IOException, InterruptedException {
        return Docker.run("inspect", "--format=" + format, what);
    }

    private static Client connect(String container) throws Exception {
        return Client.builder()
                .endpoints("http://" + Docker.run("port", container, "2379"))
                .build();
    }

    @Test
    void keepsItsDataInTheVolume() throws Exception {
        String first = start();
        try (Client client = connect(first)) {
            var unused = client.getKVClient().put(KEY, VALUE).get(30, TimeUnit.SECONDS);
            assertThat(client.getKVClient()
                            .get(KEY)
                            .get(30, TimeUnit.SECONDS)
                            .getKvs()
                            .get(0)
                            .getValue())
                    .isEqualTo(VALUE);
        }
        // It would be killed after half a minute, with status 137.
        Docker.run("stop", "--time=30", first);
        assertThat(inspect(first, "{{.State.ExitCode}}")).isEqualTo("0");

        try (Client client = connect(start())) {
            assertThat(client.getKVClient()
                            .get(KEY)
                            .get(30, TimeUnit.SECONDS)
                            .getKvs()
                            .get(0)
                            .getValue())
                    .isEqualTo(VALUE);
        }
    }

    @Test
    void isLaidOutAsEtcdsImageAndNeedsNoRoot() throws Exception {
        assertThat(inspect(image, "{{.Config.Cmd}} {{.Config.WorkingDir}} {{.Config.ExposedPorts}} {{.Config.User}}"))
                .isEqualTo("[/usr/local/bin/etcd] /var/lib/etcd/ map[2379/tcp:{} 2380/tcp:{}] 10001:10001");
        assertThat(Docker.run("run", "--rm", image, "etcdutl", "version")).isEqualTo("API version: 3.7");
        assertThat(Docker.run("run", "--rm", image, "id", "-u")).isEqualTo("10001");
    }
}
