package io.etcetera.server.cluster.leader;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.Connections;
import io.etcetera.server.cluster.MemberIds;
import io.etcetera.server.cluster.Membership;
import java.time.Duration;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Hands leadership over to another member: to one that a client names, or to the best one when this member stops.
 * Thread-safe; its timer is {@link #tick()}.
 *
 * <p>A transfer that has begun is not begun anew when it fails: no request is taken while one is under way.
 */
public final class LeadershipTransfer implements LeadershipListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeadershipTransfer.class);

    private final Membership membership;
    private final Connections connections;
    private final Duration limit;
    private final TimeSource time;
    private final Set<Transfer> open = ConcurrentHashMap.newKeySet();

    private volatile @Nullable RaftNode raft;
    private volatile boolean closed;

    /** @param limit how long a transfer may take; its client may have less patience */
    public LeadershipTransfer(Membership membership, Connections connections, Duration limit, TimeSource time) {
        this.membership = membership;
        this.connections = connections;
        this.limit = limit;
        this.time = time;
    }

    /** Says where the log is. Before that, this member does not lead. */
    public void attach(RaftNode node) {
        raft = node;
    }

    /**
     * Moves leadership to a member, and answers with its ID once it leads. Fails with NOT_LEADER, BAD_LEADER_TRANSFEREE
     * if it is no voter, TIMEOUT_LEADER_TRANSFER, STOPPED. Never blocks.
     */
    public void move(long targetId, ResultCallback<Long> callback) {
        RaftNode node = raft;
        long self = membership.memberId();
        if (node == null || node.leaderId() != self) {
            callback.failed(new EtcdException(EtcdError.NOT_LEADER));
            return;
        }
        boolean voter =
                membership.members().stream().anyMatch(member -> member.getID() == targetId && !member.getIsLearner());
        if (!voter) {
            callback.failed(new EtcdException(EtcdError.BAD_LEADER_TRANSFEREE));
            return;
        }
        about("leadership transfer starting", self)
                .addKeyValue("transferee-member-id", MemberIds.toText(targetId))
                .log();
        Transfer transfer = new Transfer(targetId, callback);
        open.add(transfer);
        if (targetId == self) {
            transfer.done();
            return;
        }
        if (closed) {
            transfer.fail(EtcdError.STOPPED);
            return;
        }
        transfer.begin(node);
        if (node.leaderId() == targetId) {
            transfer.done();
        }
    }

    /**
     * Hands over to the voter that would go on best, if this member leads and others vote. Blocks until that one leads, but
     * no longer than {@code patience}: if it fails, the others hold an election after an election timeout.
     */
    public void beforeStop(Duration patience) {
        RaftNode node = raft;
        long self = membership.memberId();
        if (node == null || node.leaderId() != self) {
            about("skipped leadership transfer; local server is not leader", node == null ? 0 : node.leaderId())
                    .log();
            return;
        }
        if (node.members().voters().size() <= 1) {
            about("skipped leadership transfer for single voting member cluster", self)
                    .log();
            return;
        }
        OptionalLong successor = successor(node);
        if (successor.isEmpty()) {
            failed(EtcdError.UNHEALTHY.text());
            return;
        }
        CompletableFuture<Long> moved = new CompletableFuture<>();
        move(successor.getAsLong(), new ResultCallback<>() {
            @Override
            public void completed(Long newLeader) {
                moved.complete(newLeader);
            }

            @Override
            public void failed(EtcdException error) {
                moved.completeExceptionally(error);
            }
        });
        try {
            moved.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            failed(EtcdError.TIMEOUT_LEADER_TRANSFER.text());
        } catch (ExecutionException e) {
            failed(String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The voter whose log is longest, for it can begin at once; of several, the one connected for longest. */
    private OptionalLong successor(RaftNode node) {
        Comparator<Long> byLog =
                Comparator.comparingLong(id -> node.matchIndex(id).orElse(0));
        Comparator<Long> byConnection = Comparator.comparingLong(
                id -> time.nanoTime() - connections.activeSince(id).orElse(time.nanoTime()));
        return node.members().voters().stream()
                .filter(id -> id != membership.memberId())
                .filter(id -> connections.activeSince(id).isPresent())
                .max(byLog.thenComparing(byConnection))
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    private LoggingEventBuilder about(String message, long leaderId) {
        return log.atInfo()
                .setMessage(message)
                .addKeyValue("local-member-id", MemberIds.toText(membership.memberId()))
                .addKeyValue("current-leader-member-id", MemberIds.toText(leaderId));
    }

    private void failed(String error) {
        log.atWarn()
                .addKeyValue("local-member-id", MemberIds.toText(membership.memberId()))
                .addKeyValue("error", error)
                .log("leadership transfer failed");
    }

    @Override
    public void leaderChanged(long leaderId) {
        for (Transfer transfer : open) {
            if (transfer.targetId == leaderId) {
                transfer.done();
            }
        }
    }

    /** Begins what could not be begun, and ends what has taken too long. To be called every 100 ms or so. */
    public void tick() {
        RaftNode node = raft;
        for (Transfer transfer : open) {
            if (time.nanoTime() - transfer.startNanos >= limit.toNanos()) {
                transfer.fail(EtcdError.TIMEOUT_LEADER_TRANSFER);
            } else if (node != null && !transfer.begun && node.isLeader()) {
                transfer.begin(node);
            }
        }
    }

    /** Answers STOPPED to whoever waits. Idempotent. */
    @Override
    public void close() {
        closed = true;
        open.forEach(transfer -> transfer.fail(EtcdError.STOPPED));
    }

    private final class Transfer {
        private final long targetId;
        private final ResultCallback<Long> callback;
        private final long startNanos = time.nanoTime();
        private volatile boolean begun;

        Transfer(long targetId, ResultCallback<Long> callback) {
            this.targetId = targetId;
            this.callback = callback;
        }

        void begin(RaftNode node) {
            try {
                node.transferLeadership(targetId);
                begun = true;
            } catch (RaftException e) {
                log.atDebug().addKeyValue("error", e.getMessage()).log("leadership cannot be transferred now");
            }
        }

        void done() {
            if (!open.remove(this)) {
                return;
            }
            String self = MemberIds.toText(membership.memberId());
            log.atInfo()
                    .addKeyValue("local-member-id", self)
                    .addKeyValue("old-leader-member-id", self)
                    .addKeyValue("new-leader-member-id", MemberIds.toText(targetId))
                    .addKeyValue("took", Duration.ofNanos(time.nanoTime() - startNanos))
                    .log("leadership transfer finished");
            callback.completed(targetId);
        }

        void fail(EtcdError error) {
            if (open.remove(this)) {
                callback.failed(new EtcdException(error));
            }
        }
    }
}
