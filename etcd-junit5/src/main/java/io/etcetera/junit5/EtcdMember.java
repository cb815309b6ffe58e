package io.etcetera.junit5;

import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdStartException;
import io.grpc.Channel;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One member of an {@link EtcdCluster}. Its ports and its files stay the same however often it is stopped and started.
 * Thread-safe.
 */
public final class EtcdMember {
    /** So long that only a fault can take it, on however busy a machine. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final EtcdConfig config;
    private final ClusterNetwork network;

    private @Nullable Etcd running;
    private volatile @Nullable Throwable failure;

    EtcdMember(EtcdConfig config, ClusterNetwork network) {
        this.config = config;
        this.network = network;
    }

    /** Its name: that of the cluster, and its number, from 0. */
    public String name() {
        return config.name();
    }

    /** Where clients are served, also while it does not run. */
    public URI clientEndpoint() {
        return config.listenClientUrls().get(0);
    }

    /** Where other members are served, also while it does not run. */
    public URI peerEndpoint() {
        return config.listenPeerUrls().get(0);
    }

    /** The certificate that vouches for its client port: its own. */
    Path certificate() {
        return config.dataDir().resolve("fixtures").resolve("client").resolve("cert.pem");
    }

    /**
     * The member itself, until it is stopped.
     *
     * @throws IllegalStateException if it does not run
     */
    public Etcd etcd() {
        return running().orElseThrow(() -> new IllegalStateException(name() + " does not run"));
    }

    synchronized Optional<Etcd> running() {
        return Optional.ofNullable(running);
    }

    /**
     * The way to its services without a socket, until it is stopped.
     *
     * @throws IllegalStateException if it does not run
     */
    public Channel channel() {
        return etcd().channel();
    }

    /** Whether it has been started and not been stopped since; it need not serve clients yet. */
    public boolean isRunning() {
        return running().isPresent();
    }

    /** Whether it runs, and takes itself for the leader. */
    public boolean isLeader() {
        return running().filter(etcd -> etcd.leaderId() == etcd.memberId()).isPresent();
    }

    /** Why it gave up, if it did, since it was last started. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Starts it and waits until it serves clients, which takes a majority of the cluster.
     *
     * @throws IllegalStateException if it runs, cannot be started, or does not serve within two minutes, or the thread is
     *     interrupted
     */
    public void start() {
        await(startAsync());
    }

    /**
     * Starts it, and does not wait for the others.
     *
     * @return completes when it serves clients; exceptionally if it fails or is stopped before
     * @throws IllegalStateException if it runs, or cannot be started
     */
    public CompletableFuture<Void> startAsync() {
        try {
            return launch();
        } catch (EtcdStartException e) {
            throw new IllegalStateException(name() + " does not start: " + e.getMessage(), e);
        }
    }

    synchronized CompletableFuture<Void> launch() throws EtcdStartException {
        if (running != null) {
            throw new IllegalStateException(name() + " runs already");
        }
        failure = null;
        Etcd etcd = Etcd.launcher(config)
                .listener(cause -> failure = cause)
                .wire(network.wireOf(name()))
                .startAsync();
        network.introduce(etcd.memberId(), name());
        running = etcd;
        return etcd.ready();
    }

    void await(CompletableFuture<Void> ready) {
        try {
            ready.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(name() + " does not start", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(name() + " does not serve after " + PATIENCE.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + name() + " was starting", e);
        }
    }

    /** Stops it as an operator would: a leader hands over first. Does nothing if it does not run. */
    public void stop() {
        takeRunning().ifPresent(Etcd::close);
    }

    /** Stops it without a chance to say goodbye. Does nothing if it does not run. */
    public void kill() {
        takeRunning().ifPresent(Etcd::kill);
    }

    private synchronized Optional<Etcd> takeRunning() {
        Optional<Etcd> etcd = running();
        running = null;
        return etcd;
    }

    /** {@link #stop} and {@link #start}. */
    public void restart() {
        stop();
        start();
    }

    @Override
    public String toString() {
        return name();
    }
}
