package io.etcetera.daemon.testing;

import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.MemberChanges;
import io.etcetera.server.testing.cluster.Network;
import io.etcetera.server.testing.cluster.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster whose members are processes, ours or stock ones. As root on Linux its network can be cut and its disks be filled;
 * otherwise only the processes can be tormented.
 */
public final class ProcessCluster implements Cluster {
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration HEARTBEAT = Duration.ofMillis(100);

    private final Path program;
    private final Path directory;
    private final boolean privileged = NamespaceNetwork.isPossible();
    private final ProcessNetwork network = privileged ? new NamespaceNetwork() : new LoopbackNetwork();
    private final List<String> options;
    private final List<ProcessNode> nodes = new CopyOnWriteArrayList<>();
    private int born;

    private ProcessCluster(Path program, Path directory, List<String> options) {
        this.program = program;
        this.directory = directory;
        this.options = options;
    }

    /** Starts a cluster, with etcd's own timeouts, and waits until it serves clients. */
    public static ProcessCluster start(Path program, int size, Path directory, String... options) {
        ProcessCluster cluster = new ProcessCluster(program, directory, List.of(options));
        try {
            IntStream.range(0, size).forEach(i -> cluster.nodes.add(cluster.newNode()));
            String initial = cluster.nodes.stream()
                    .map(node -> node.name() + "=" + node.peerUrl())
                    .collect(Collectors.joining(","));
            cluster.nodes.forEach(node -> node.joins(initial, "new"));
            cluster.nodes.forEach(ProcessNode::start);
            cluster.awaitServing();
            return cluster;
        } catch (Throwable e) {
            cluster.close();
            throw e;
        }
    }

    private ProcessNode newNode() {
        String name = "m" + born++;
        Path place = directory.resolve(name);
        try {
            Files.createDirectories(directory);
            Disk disk = privileged ? Disk.small(place) : Disk.shared(place);
            Path log = directory.resolve(name + ".log");
            return new ProcessNode(program, name, network.attach(name), disk, log, allOptions());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> allOptions() {
        List<String> all = new ArrayList<>(List.of(
                "--election-timeout=" + ELECTION_TIMEOUT.toMillis(), "--heartbeat-interval=" + HEARTBEAT.toMillis()));
        all.addAll(options);
        return all;
    }

    /** All members, with what only processes have. */
    public List<ProcessNode> processes() {
        return List.copyOf(nodes);
    }

    @Override
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public Network network() {
        return network;
    }

    @Override
    public Duration electionTimeout() {
        return ELECTION_TIMEOUT;
    }

    @Override
    public ProcessNode grow() {
        ProcessNode node = newNode();
        String initial = MemberChanges.initialCluster(MemberChanges.add(this, node.peerUrl()), node.name());
        node.joins(initial, "existing");
        nodes.add(node);
        node.start();
        return node;
    }

    @Override
    public void shrink(Node gone) {
        ProcessNode node = (ProcessNode) gone;
        MemberChanges.remove(this, node.peerUrl());
        // It stops by itself, and not before the others can do without it.
        Await.until(node + " to stop", PATIENCE, () -> !node.isRunning());
        nodes.remove(node);
        node.dispose();
        node.wipe();
    }

    /** Frees the disks before the members, of which the full disk has ended some, are started again. */
    @Override
    public void mend() {
        nodes.forEach(ProcessNode::resume);
        nodes.forEach(ProcessNode::freeDisk);
        Cluster.super.mend();
    }

    @Override
    public void close() {
        nodes.forEach(ProcessNode::dispose);
        network.close();
    }
}
