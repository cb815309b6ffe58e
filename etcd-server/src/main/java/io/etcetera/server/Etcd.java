package io.etcetera.server;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.raft.RaftException;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.consistency.InconsistentException;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.transport.Wire;
import io.grpc.Channel;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running member. Several may run in one process, each with a data directory of its own. Thread-safe.
 *
 * <p>A member is either running, from the return of {@link #start} on, or closed. One that has failed answers nothing,
 * but holds its files and threads until it is closed.
 */
public final class Etcd implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Etcd.class);

    private final EtcdConfig config;
    private final Member member;
    private boolean closed;

    private Etcd(EtcdConfig config, Member member) {
        this.config = config;
        this.member = member;
    }

    /** As {@link #start(EtcdConfig, EtcdListener)}, for an owner who does not ask about failures; they are logged. */
    public static Etcd start(EtcdConfig config) throws EtcdStartException {
        return start(config, cause -> {});
    }

    /**
     * Starts a member, and returns when it is known to its cluster and serves clients. That takes a leader: with several
     * members, this waits until enough of the others have been started, however long that takes. Until then clients can
     * connect, and get no answer.
     *
     * @param listener told if the member fails later on
     * @throws EtcdStartException if it cannot be started, or the calling thread is interrupted meanwhile; nothing is
     *     left open then, though files may have been created
     */
    public static Etcd start(EtcdConfig config, EtcdListener listener) throws EtcdStartException {
        return start(config, listener, Wire.INTACT, TimeSource.system());
    }

    /** The same, with a network between this member and its peers, and a clock, that a test can tamper with. */
    static Etcd start(EtcdConfig config, EtcdListener listener, Wire wire, TimeSource time) throws EtcdStartException {
        ConfigCheck.check(config);
        CloseStack open = new CloseStack();
        MemberFailure failure = new MemberFailure();
        boolean started = false;
        try {
            Member member = new Member(config, time, wire, failure, open);
            member.ready().toCompletableFuture().get();
            Etcd etcd = new Etcd(config, member);
            failure.then(cause -> new Thread(() -> listener.failed(cause), "etcd-failed-" + config.name()).start());
            started = true;
            return etcd;
        } catch (ClusterConfigException
                | IOException
                | RaftException
                | IllegalArgumentException
                | CorruptStoreException
                | StoreFailedException e) {
            throw new EtcdStartException(e.getMessage(), e);
        } catch (InconsistentException e) {
            log.atError().addKeyValue("error", e.getMessage()).log("checkInitialHashKV failed");
            throw new EtcdStartException(e.getMessage(), e);
        } catch (ExecutionException e) {
            Throwable cause = failure.cause() != null ? failure.cause() : e.getCause();
            throw new EtcdStartException("the member failed while it was starting: " + cause, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdStartException("interrupted while the member was starting", e);
        } finally {
            if (!started) {
                open.close();
            }
        }
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

    /** The inside, for tests of this package. */
    MemberParts parts() {
        return member.parts();
    }

    /**
     * Stops serving and closes everything, in well under 1.5 s. What waits for an answer gets an error. Idempotent; a
     * second caller waits for the first.
     */
    @Override
    public void close() {
        close(true);
    }

    /** Closes everything without handing leadership over; for tests. */
    void kill() {
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
