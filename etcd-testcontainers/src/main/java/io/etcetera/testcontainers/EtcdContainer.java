package io.etcetera.testcontainers;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A member in a container. Its data is in a volume that lasts until {@link #close()}: stopped and started again, the member goes
 * on with what it had, at the same endpoints.
 */
public final class EtcdContainer extends GenericContainer<EtcdContainer> {
    private final String node;
    private final List<String> nodes;
    private final String volume = "etcd-" + UUID.randomUUID();
    private String clusterToken = "etcd-cluster";
    private List<String> additionalArgs = List.of();

    /** A member of its own. */
    public EtcdContainer() {
        this(DockerImageName.parse(Etcd.CONTAINER_IMAGE), "etcd0", List.of("etcd0"));
    }

    /**
     * One of several members.
     *
     * @param image whose command {@code etcd} takes etcd's flags
     * @param node name of this member, which also is its address in the network
     * @param nodes names of all
     */
    public EtcdContainer(DockerImageName image, String node, Collection<String> nodes) {
        super(image);
        this.node = node;
        this.nodes = List.copyOf(nodes);
        withExposedPorts(Etcd.ETCD_CLIENT_PORT, Etcd.ETCD_PEER_PORT);
        withNetworkAliases(node);
        withCreateContainerCmdModifier(command -> {
            HostConfig host = Objects.requireNonNull(command.getHostConfig());
            command.withHostConfig(host.withBinds(new Bind(volume, new Volume(Etcd.ETCD_DATA_DIR))));
        });
        waitingFor(Wait.forLogMessage(".*ready to serve client requests.*", 1));
    }

    /** The token that keeps a cluster apart from others. */
    public EtcdContainer withClusterToken(String token) {
        clusterToken = token;
        return this;
    }

    /** More flags. */
    public EtcdContainer withAdditionalArgs(Collection<String> args) {
        additionalArgs = List.copyOf(args);
        return this;
    }

    @Override
    protected void configure() {
        List<String> command = new ArrayList<>(List.of(
                "etcd",
                "--name=" + node,
                "--data-dir=" + Etcd.ETCD_DATA_DIR + "/data",
                "--listen-client-urls=http://0.0.0.0:" + Etcd.ETCD_CLIENT_PORT,
                "--advertise-client-urls=http://" + node + ":" + Etcd.ETCD_CLIENT_PORT));
        if (nodes.size() > 1) {
            command.addAll(List.of(
                    "--listen-peer-urls=http://0.0.0.0:" + Etcd.ETCD_PEER_PORT,
                    "--initial-advertise-peer-urls=" + peerUrl(node),
                    "--initial-cluster-token=" + clusterToken,
                    "--initial-cluster="
                            + nodes.stream()
                                    .map(name -> name + "=" + peerUrl(name))
                                    .collect(Collectors.joining(","))));
        }
        command.addAll(additionalArgs);
        setCommand(command.toArray(String[]::new));
    }

    private static String peerUrl(String name) {
        return "http://" + name + ":" + Etcd.ETCD_PEER_PORT;
    }

    /** Keeps the ports that Docker gave to the first start, so that clients find the member again. */
    @Override
    protected void containerIsStarted(InspectContainerResponse info, boolean reused) {
        super.containerIsStarted(info, reused);
        for (int port : List.of(Etcd.ETCD_CLIENT_PORT, Etcd.ETCD_PEER_PORT)) {
            addFixedExposedPort(getMappedPort(port), port);
        }
    }

    /** The member's name. */
    public String node() {
        return node;
    }

    /** Where clients outside of the container reach the member; known once it has been started. */
    public URI clientEndpoint() {
        return endpoint(Etcd.ETCD_CLIENT_PORT);
    }

    /** Where its peer port is reached from outside of the container. */
    public URI peerEndpoint() {
        return endpoint(Etcd.ETCD_PEER_PORT);
    }

    private URI endpoint(int port) {
        return URI.create("http://" + getHost() + ":" + getMappedPort(port));
    }

    /** Stops the member and starts it again. */
    public void restart() {
        stop();
        start();
    }

    /** Stops the member, and drops its data. */
    @Override
    public void close() {
        stop();
        try {
            dockerClient.removeVolumeCmd(volume).exec();
        } catch (NotFoundException e) {
            logger().debug("the member was never started, and has no data", e);
        }
    }
}
