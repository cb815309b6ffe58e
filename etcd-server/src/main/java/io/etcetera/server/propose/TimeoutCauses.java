package io.etcetera.server.propose;

import io.etcetera.server.EtcdError;
import org.jspecify.annotations.Nullable;

/** Finds the most likely reason why a request that a leader was asked for has not been applied in time. Thread-safe. */
final class TimeoutCauses {
    private final long memberId;
    private final long electionTimeoutNanos;
    private volatile @Nullable Long leaderElectedNanos;

    TimeoutCauses(ProposerOptions options) {
        this.memberId = options.memberId();
        this.electionTimeoutNanos = options.electionTimeout().toNanos();
    }

    /** There is a new leader as of now. */
    void leaderElected(long nowNanos) {
        leaderElectedNanos = nowNanos;
    }

    /**
     * What the client is told.
     *
     * @param startNanos when the request came
     * @param leaderId the leader known now, or 0
     */
    EtcdError of(long startNanos, long leaderId, Reachability reachability) {
        Long elected = leaderElectedNanos;
        if (elected != null) {
            // A call made shortly before an election went, most likely, to the leader that was lost.
            long beforeElection = elected - startNanos;
            if (beforeElection >= 0 && beforeElection <= 2 * electionTimeoutNanos) {
                return EtcdError.TIMEOUT_DUE_TO_LEADER_FAIL;
            }
        }
        boolean lost = leaderId != 0
                && !(leaderId == memberId
                        ? reachability.reachedQuorumSince(startNanos)
                        : reachability.reachedSince(leaderId, startNanos));
        return lost ? EtcdError.TIMEOUT_DUE_TO_CONNECTION_LOST : EtcdError.TIMEOUT;
    }
}
