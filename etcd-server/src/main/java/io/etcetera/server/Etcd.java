package io.etcetera.server;

import io.etcetera.server.direct.DirectReads;
import io.etcetera.server.rpc.MemberParts;
import io.grpc.Channel;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running member. Several may run in one process, each with a data directory of its own. Thread-safe.
 *
 * <p>A member is starting, until {@link #ready}, then running, and closed at last. One that has failed answers nothing,
 * but holds its files and threads until it is closed.
 */
public final class Etcd implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Etcd.class);

    private final EtcdConfig config;
    private final Member member;
    private final MemberFailure failure;
    private final DirectReads reads;
    private boolean closed;

    Etcd(EtcdConfig config, Member member, MemberFailure failure) {
        this.config = config;
        this.member = member;
        this.failure = failure;
        this.reads = new DirectReads(member.parts());
    }

    /**
     * Starts a member, and returns when it serves clients; failures are logged, and nobody is told.
     *
     * @throws EtcdStartException see {@link EtcdLauncher#start}
     */
    public static Etcd start(EtcdConfig config) throws EtcdStartException {
        return launcher(config).start();
    }

    /**
     * Starts a member, and returns when it serves clients.
     *
     * @param listener told what happens to the member later on
     * @throws EtcdStartException see {@link EtcdLauncher#start}
     */
    public static Etcd start(EtcdConfig config, EtcdListener listener) throws EtcdStartException {
        return launcher(config).listener(listener).start();
    }

    /** Begins to say how a member is to be started; for everything that {@link #start} does not take. */
    public static EtcdLauncher launcher(EtcdConfig config) {
        return new EtcdLauncher(config);
    }

    /**
     * Completes when the member serves clients, at once if it does already; exceptionally, with an
     * {@link EtcdStartException}, if it fails or is closed before. Each call makes a new one, to be done with as the
     * caller likes. What depends on it without an executor of its own runs on a thread of the member, and must not block.
     */
    public CompletableFuture<Void> ready() {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        member.ready().whenComplete((done, cause) -> {
            if (cause == null) {
                ready.complete(null);
            } else {
                ready.completeExceptionally(failedWhileStarting(cause));
            }
        });
        return ready;
    }

    void awaitReady() throws ExecutionException, InterruptedException {
        member.ready().toCompletableFuture().get();
    }

    EtcdStartException failedWhileStarting(@Nullable Throwable reported) {
        Throwable own = reported instanceof CompletionException ? reported.getCause() : reported;
        Throwable cause = failure.cause() != null ? failure.cause() : own;
        return new EtcdStartException("the member failed while it was starting: " + cause, cause);
    }

    /** Tells this one, too, if the member fails, and at once if it has. */
    void tell(EtcdListener listener) {
        failure.then(cause -> new Thread(() -> listener.failed(cause), "etcd-failed-" + config.name()).start());
    }

    /** The ID of the leader as this member knows it; 0 if there is none. */
    public long leaderId() {
        return member.leaderId();
    }

    /** This member's ID. */
    public long memberId() {
        return member.identity().memberId();
    }

    /** The cluster's ID. */
    public long clusterId() {
        return member.identity().clusterId();
    }

    /** Where clients are served, in the order of the configuration, with the ports that were bound. */
    public List<URI> clientUrls() {
        return member.clients().urls();
    }

    /** Where HTTP is served apart from gRPC, in the order of the configuration, with the ports that were bound. */
    public List<URI> httpUrls() {
        return member.clients().httpUrls();
    }

    /** Where metrics and health alone are served, in the order of the configuration, with the ports that were bound. */
    public List<URI> metricsUrls() {
        return member.clients().metricsUrls();
    }

    /**
     * The way to this member's services without a socket, for every gRPC stub. Calls pass what those of remote clients
     * pass. Ends with the member; not to be closed by its users. Who is called back may block.
     */
    public Channel channel() {
        return member.clients().channel();
    }

    /** Reads and watches of this member's own store, without gRPC in between. They end with the member. */
    public DirectReads reads() {
        return reads;
    }

    /** The inside, for tests of this package. */
    MemberParts parts() {
        return member.parts();
    }

    /**
     * Stops serving and closes everything, in well under 1.5 s. Not to be called from a listener of a watch. What waits for an answer gets an error. Idempotent; a
     * second caller waits for the first.
     */
    @Override
    public void close() {
        close(true);
    }

    /**
     * Closes everything at once, without handing leadership over to another member, as if the process had died: for tests of
     * what uses a cluster. Idempotent.
     */
    public void kill() {
        close(false);
    }

    private synchronized void close(boolean handOver) {
        if (closed) {
            return;
        }
        closed = true;
        logClose("closing etcd server");
        if (handOver) {
            member.handOver();
        }
        reads.close();
        member.close();
        logClose("closed etcd server");
    }

    private void logClose(String message) {
        log.atInfo()
                .addKeyValue("name", config.name())
                .addKeyValue("data-dir", config.dataDir())
                .addKeyValue("advertise-peer-urls", config.initialAdvertisePeerUrls())
                .addKeyValue("advertise-client-urls", config.advertiseClientUrls())
                .log(message);
    }
}
