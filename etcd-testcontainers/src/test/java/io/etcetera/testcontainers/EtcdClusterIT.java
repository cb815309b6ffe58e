package io.etcetera.testcontainers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.exception.NotFoundException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;

/** Needs the image that the tests of etcd-daemon build before. */
class EtcdClusterIT {
    private static final ByteSequence KEY = ByteSequence.from("key", UTF_8);

    @BeforeAll
    static void needsTheImage() {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no Docker runs here: run .ci/docker");
        assumeTrue(imageIsThere(), "there is no image: run docker/build-image of the distribution");
    }

    private static boolean imageIsThere() {
        try {
            DockerClientFactory.lazyClient()
                    .inspectImageCmd(Etcd.CONTAINER_IMAGE)
                    .exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    private static void put(URI endpoint, String value) throws Exception {
        try (Client client = Client.builder().endpoints(endpoint).build()) {
            KV kv = client.getKVClient();
            var unused = kv.put(KEY, ByteSequence.from(value, UTF_8)).get(60, TimeUnit.SECONDS);
        }
    }

    private static String get(URI endpoint) throws Exception {
        try (Client client = Client.builder().endpoints(endpoint).build()) {
            return client.getKVClient()
                    .get(KEY)
                    .get(60, TimeUnit.SECONDS)
                    .getKvs()
                    .get(0)
                    .getValue()
                    .toString(UTF_8);
        }
    }

    @Test
    void membersFindEachOtherAndKeepTheirData() throws Exception {
        try (EtcdCluster cluster = Etcd.builder().withNodes(3).build()) {
            cluster.start();
            List<URI> endpoints = cluster.clientEndpoints();
            put(endpoints.get(0), "all");
            assertThat(get(endpoints.get(2))).isEqualTo("all");

            cluster.containers().get(0).stop();
            put(endpoints.get(1), "two");
            cluster.containers().get(0).start();
            assertThat(get(endpoints.get(0))).isEqualTo("two");

            cluster.restart(0, TimeUnit.SECONDS);
            assertThat(cluster.clientEndpoints()).isEqualTo(endpoints);
            assertThat(get(endpoints.get(1))).isEqualTo("two");
        }
    }
}
