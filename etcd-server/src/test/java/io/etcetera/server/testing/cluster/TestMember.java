package io.etcetera.server.testing.cluster;

import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A member in this JVM, with ports, directory and clock of its own. */
public final class TestMember implements Node {
    private static final Duration START_PAUSE = Duration.ofMillis(100);

    private final String name;
    private final Path directory;
    private final String peerUrl;
    private final String clientUrl;
    private final UnaryOperator<EtcdConfig.Builder> options;
    private final TestNetwork network;
    private final JumpingClock clock = new JumpingClock();
    private final NodeClient client;

    private InitialMembers initial;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Life life;

    /** How it finds its cluster when its directory is empty. */
    record InitialMembers(String text, boolean existing) {}

    /** From a start to the stop: the thread that starts it, and what comes of that. */
    private record Life(FutureTask<Etcd> starting, Thread thread) {}

    TestMember(
            String name,
            Path directory,
            String peerUrl,
            String clientUrl,
            InitialMembers initial,
            UnaryOperator<EtcdConfig.Builder> options,
            TestNetwork network) {
        this.name = name;
        this.directory = directory;
        this.peerUrl = peerUrl;
        this.clientUrl = clientUrl;
        this.initial = initial;
        this.options = options;
        this.network = network;
        this.client = new NodeClient(endpoint());
    }

    @Override
    public String name() {
        return name;
    }

    String peerUrl() {
        return peerUrl;
    }

    void joins(InitialMembers cluster) {
        initial = cluster;
    }

    /** Its clock, which can be set. */
    public JumpingClock clock() {
        return clock;
    }

    /** Where its files are. */
    public Path directory() {
        return directory;
    }

    /** Why it has given up, if it has, since it was last started. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public String endpoint() {
        return URI.create(clientUrl).getAuthority();
    }

    @Override
    public NodeClient client() {
        return client;
    }

    @Override
    public boolean isRunning() {
        return life != null;
    }

    @Override
    public void start() {
        if (life != null) {
            throw new IllegalStateException(name + " runs already");
        }
        failure = null;
        network.plugIn(name);
        EtcdConfig config = config();
        FutureTask<Etcd> starting = new FutureTask<>(() -> open(config));
        Thread thread = new Thread(starting, "start-" + name);
        life = new Life(starting, thread);
        thread.start();
    }

    private Etcd open(EtcdConfig config) throws EtcdStartException {
        while (true) {
            try {
                Etcd etcd = Etcd.launcher(config)
                        .listener(cause -> failure = cause)
                        .wire(network.wireOf(name))
                        .time(clock)
                        .start();
                network.introduce(etcd.memberId(), name);
                return etcd;
            } catch (EtcdStartException e) {
                if (!hasMetNobody(e) || Thread.currentThread().isInterrupted()) {
                    failure = e;
                    throw e;
                }
                LockSupport.parkNanos(START_PAUSE.toNanos());
            }
        }
    }

    /** One that joins gives up if none of the others is up just then; whoever watches over it starts it again. */
    private static boolean hasMetNobody(EtcdStartException e) {
        return String.valueOf(e.getMessage()).contains("could not retrieve cluster information from the given URLs");
    }

    private EtcdConfig config() {
        URI peer = URI.create(peerUrl);
        URI clients = URI.create(clientUrl);
        return options.apply(EtcdConfig.builder()
                        .name(name)
                        .dataDir(directory)
                        .listenClientUrls(List.of(clients))
                        .advertiseClientUrls(List.of(clients))
                        .listenPeerUrls(List.of(peer))
                        .initialAdvertisePeerUrls(List.of(peer))
                        .initialCluster(initial.text())
                        .initialClusterExisting(initial.existing()))
                .build();
    }

    /** Waits until it serves clients; fails if it cannot be started. */
    public Etcd awaitStarted() {
        return started().orElseThrow(() -> new AssertionError(name + " does not start", failure));
    }

    private Optional<Etcd> started() {
        Life current = life;
        if (current == null) {
            throw new IllegalStateException(name + " does not run");
        }
        try {
            return Optional.of(current.starting().get());
        } catch (ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while " + name + " was starting", e);
        }
    }

    @Override
    public void stop() {
        endLife().ifPresent(Etcd::close);
    }

    /**
     * Breaks its connections and closes it without handing anything over. What it had written it will find again: only a
     * process of its own can lose what it has not synced.
     */
    @Override
    public void kill() {
        network.unplug(name);
        endLife().ifPresent(Etcd::kill);
    }

    /** One that is still starting has to be disturbed, for that may take until others start. */
    private Optional<Etcd> endLife() {
        Life current = life;
        if (current == null) {
            return Optional.empty();
        }
        if (!current.starting().isDone()) {
            current.thread().interrupt();
        }
        Optional<Etcd> etcd = started();
        life = null;
        return etcd;
    }

    @Override
    public void wipe() {
        if (life != null) {
            throw new IllegalStateException(name + " runs");
        }
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void dispose() {
        kill();
        client.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
