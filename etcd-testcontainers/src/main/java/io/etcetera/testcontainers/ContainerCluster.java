package io.etcetera.testcontainers;

import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.testcontainers.containers.Network;
import org.testcontainers.lifecycle.Startables;

/** The containers of a cluster, in a network of theirs. */
final class ContainerCluster implements EtcdCluster {
    private final String name;
    private final Network network;
    private final boolean ownsNetwork;
    private final List<EtcdContainer> containers;

    /**
     * Makes the containers, and starts none.
     *
     * @param create makes the container of a node, told its name and those of all
     */
    ContainerCluster(
            String name,
            Network network,
            boolean ownsNetwork,
            List<String> nodes,
            BiFunction<String, List<String>, EtcdContainer> create) {
        this.name = name;
        this.network = network;
        this.ownsNetwork = ownsNetwork;
        this.containers = nodes.stream()
                .map(node -> create.apply(node, nodes).withNetwork(network))
                .toList();
    }

    static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
    }

    /** Starts all at once: a new cluster serves nobody before a quorum is there. */
    @Override
    public void start() {
        Startables.deepStart(containers).join();
    }

    @Override
    public void stop() {
        containers.forEach(EtcdContainer::stop);
    }

    @Override
    public void restart(long delay, TimeUnit unit) throws InterruptedException {
        stop();
        unit.sleep(delay);
        start();
    }

    @Override
    public void close() {
        containers.forEach(EtcdContainer::close);
        if (ownsNetwork) {
            network.close();
        }
    }

    @Override
    public String clusterName() {
        return name;
    }

    @Override
    public List<URI> clientEndpoints() {
        return containers.stream().map(EtcdContainer::clientEndpoint).toList();
    }

    @Override
    public List<URI> peerEndpoints() {
        return containers.stream().map(EtcdContainer::peerEndpoint).toList();
    }

    @Override
    public List<EtcdContainer> containers() {
        return containers;
    }
}
