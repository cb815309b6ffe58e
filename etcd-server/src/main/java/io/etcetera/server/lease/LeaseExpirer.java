package io.etcetera.server.lease;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.metrics.LeaseMetrics;
import io.etcetera.server.propose.Proposer;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has expired leases revoked through the log, a few at a time. {@link #tick()} is its timer; outcomes arrive on any
 * thread, and send the next one off.
 */
public final class LeaseExpirer {
    /** Leases taken up in one pass. */
    static final int MAX_PER_PASS = 500;

    /** What is no news: the lease is gone already, or this member does not lead any more, or stops. */
    private static final Set<EtcdError> EXPECTED =
            EnumSet.of(EtcdError.LEASE_NOT_FOUND, EtcdError.NOT_LEADER, EtcdError.STOPPED);

    /** Revokes on their way through the log. */
    static final int MAX_IN_FLIGHT = 16;

    private static final Logger log = LoggerFactory.getLogger(LeaseExpirer.class);

    private final Lessor lessor;
    private final Proposer proposer;
    private final LeaseMetrics metrics;

    private final Object lock = new Object();
    private final Queue<Long> expired = new ArrayDeque<>();
    private int inFlight;
    private boolean sending;

    /**
     * @param proposer proposes to this member's own log only: a new leader has extended the lease, and a revoke that was
     *     passed on to it would cut that short
     */
    public LeaseExpirer(Lessor lessor, Proposer proposer, LeaseMetrics metrics) {
        this.metrics = metrics;
        this.lessor = lessor;
        this.proposer = proposer;
    }

    /** Takes up leases that have expired. To be called every 500 ms; does nothing on a member that does not lead. */
    public void tick() {
        synchronized (lock) {
            // On a new leader, what was taken up under an earlier leadership may have been renewed since.
            expired.removeIf(leaseId -> !lessor.isRevoking(leaseId));
            expired.addAll(lessor.takeExpired(MAX_PER_PASS - expired.size()));
        }
        send();
    }

    /** Sends as much as may be in flight. One thread at a time; another one's outcome is seen by the loop. */
    private void send() {
        synchronized (lock) {
            if (sending) {
                return;
            }
            sending = true;
        }
        while (true) {
            long leaseId;
            synchronized (lock) {
                Long next = inFlight < MAX_IN_FLIGHT ? expired.poll() : null;
                if (next == null) {
                    sending = false;
                    return;
                }
                inFlight++;
                leaseId = next;
            }
            if (lessor.isRevoking(leaseId)) {
                revoke(leaseId);
            } else {
                settled();
            }
        }
    }

    private void revoke(long leaseId) {
        InternalRaftRequest.Builder request = InternalRaftRequest.newBuilder()
                .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(leaseId));
        proposer.propose(request, new ResultCallback<>() {
            @Override
            public void completed(Message response) {
                log.atDebug().addKeyValue("lease-id", Long.toHexString(leaseId)).log("revoked expired lease");
                metrics.expired();
                settled();
                send();
            }

            @Override
            public void failed(EtcdException error) {
                if (!EXPECTED.contains(error.error())) {
                    log.atWarn()
                            .addKeyValue("lease-id", Long.toHexString(leaseId))
                            .addKeyValue("error", error.getMessage())
                            .log("failed to revoke lease");
                }
                lessor.putBack(leaseId);
                settled();
                send();
            }
        });
    }

    private void settled() {
        synchronized (lock) {
            inFlight--;
        }
    }
}
