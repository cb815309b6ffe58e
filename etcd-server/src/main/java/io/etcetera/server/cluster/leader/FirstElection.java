package io.etcetera.server.cluster.leader;

import io.etcetera.raft.RaftNode;
import io.etcetera.server.TimeSource;
import io.etcetera.server.cluster.Connections;
import io.etcetera.server.cluster.MemberIds;
import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a member that has just started call an election sooner than the election timeout asks for, as etcd does: once it is
 * connected to a quorum, it would hear of a leader within two heartbeats. How much longer it waits is random, so that the
 * members do not all call one at once. {@link #tick()} is its timer.
 */
public final class FirstElection {
    private static final Logger log = LoggerFactory.getLogger(FirstElection.class);

    /** Whoever has not found the others by then has no reason for haste. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final int HEARTBEATS_TO_AWAIT = 2;

    private final RaftNode raft;
    private final long memberId;
    private final Connections connections;
    private final Duration heartbeat;
    private final Duration electionTimeout;
    private final TimeSource time;
    private final RandomGenerator random;
    private final long startNanos;

    private boolean over;
    private @Nullable Long dueNanos;

    /** Begins to count now. */
    public FirstElection(
            RaftNode raft,
            long memberId,
            Connections connections,
            Duration heartbeat,
            Duration electionTimeout,
            TimeSource time,
            RandomGenerator random) {
        this.raft = raft;
        this.memberId = memberId;
        this.connections = connections;
        this.heartbeat = heartbeat;
        this.electionTimeout = electionTimeout;
        this.time = time;
        this.random = random;
        this.startNanos = time.nanoTime();
    }

    /** To be called every 50 ms or so, from one thread. */
    public void tick() {
        if (over) {
            return;
        }
        long now = time.nanoTime();
        if (raft.leaderId() != 0 || (dueNanos == null && now - startNanos > LIMIT.toNanos())) {
            over = true;
        } else if (dueNanos == null) {
            if (isConnectedToQuorum()) {
                dueNanos = now + waitNanos();
            }
        } else if (now - dueNanos >= 0) {
            over = true;
            log.atInfo()
                    .addKeyValue("local-member-id", MemberIds.toText(memberId))
                    .addKeyValue("election-timeout", electionTimeout)
                    .log("initialized peer connections; fast-forwarding election ticks");
            raft.campaign();
        }
    }

    private boolean isConnectedToQuorum() {
        Set<Long> voters = raft.members().voters();
        long connected = voters.stream()
                .filter(id -> id == memberId || connections.activeSince(id).isPresent())
                .count();
        return voters.contains(memberId) && connected > voters.size() / 2;
    }

    private long waitNanos() {
        long least = heartbeat.multipliedBy(HEARTBEATS_TO_AWAIT).toNanos();
        return least + random.nextLong(Math.max(1, electionTimeout.toNanos() - least));
    }
}
