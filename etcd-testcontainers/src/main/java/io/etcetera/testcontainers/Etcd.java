package io.etcetera.testcontainers;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Network;
import org.testcontainers.utility.DockerImageName;

/** Clusters in containers. */
public final class Etcd {
    /** The image of the release that this belongs to. Built by the distribution's {@code docker/build-image}. */
    public static final String CONTAINER_IMAGE = image();

    /** Where members serve clients, inside their containers. */
    public static final int ETCD_CLIENT_PORT = 2379;

    /** Where members serve each other. */
    public static final int ETCD_PEER_PORT = 2380;

    /** Where members keep their data. */
    public static final String ETCD_DATA_DIR = "/var/lib/etcd";

    private Etcd() {}

    /** Begins to describe a cluster: of one member, if nothing else is said. */
    public static Builder builder() {
        return new Builder();
    }

    private static String image() {
        Properties properties = new Properties();
        try (InputStream in = Objects.requireNonNull(Etcd.class.getResourceAsStream("image.properties"))) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Objects.requireNonNull(properties.getProperty("name"));
    }

    /** Describes a cluster. Not thread-safe. */
    public static final class Builder {
        private String image = CONTAINER_IMAGE;
        private String clusterName = UUID.randomUUID().toString();
        private String prefix = "etcd";
        private int nodes = 1;
        private List<String> additionalArgs = List.of();
        private @Nullable Network network;

        private Builder() {}

        /** Another image than {@link #CONTAINER_IMAGE}: any whose command {@code etcd} takes etcd's flags. */
        public Builder withImage(String image) {
            this.image = image;
            return this;
        }

        /** The token that keeps this cluster apart from others; a random one by default. */
        public Builder withClusterName(String clusterName) {
            this.clusterName = clusterName;
            return this;
        }

        /** What the members' names, and their addresses in the network, begin with. */
        public Builder withPrefix(String prefix) {
            this.prefix = prefix;
            return this;
        }

        /**
         * The number of members.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder withNodes(int nodes) {
            if (nodes < 1) {
                throw new IllegalArgumentException("a cluster has at least one member, not " + nodes);
            }
            this.nodes = nodes;
            return this;
        }

        /** More flags for every member. */
        public Builder withAdditionalArgs(String... additionalArgs) {
            return withAdditionalArgs(List.of(additionalArgs));
        }

        /** More flags for every member. */
        public Builder withAdditionalArgs(Collection<String> additionalArgs) {
            this.additionalArgs = List.copyOf(additionalArgs);
            return this;
        }

        /** The network of the members, which then is not closed with the cluster; by default they have one of their own. */
        public Builder withNetwork(Network network) {
            this.network = network;
            return this;
        }

        /** A cluster that has not been started. */
        public EtcdCluster build() {
            DockerImageName name = DockerImageName.parse(image);
            Network given = network;
            return new ContainerCluster(
                    clusterName,
                    given != null ? given : Network.newNetwork(),
                    given == null,
                    ContainerCluster.names(prefix, nodes),
                    (node, all) -> new EtcdContainer(name, node, all)
                            .withClusterToken(clusterName)
                            .withAdditionalArgs(additionalArgs));
        }
    }
}
