package io.etcetera.raft;

/** A change of who takes part in the log: one member at a time. */
public sealed interface MemberChange {

    /** The member that is added, promoted or removed. */
    long memberId();

    /** Begins to send the log to a member that neither votes nor counts. Done when the group knows of it, not when it has caught up. */
    record AddLearner(long memberId) implements MemberChange {}

    /**
     * Gives a member a vote, once it has caught up; a learner becomes a voter. Fails with
     * {@link RaftException.Kind#NOT_CAUGHT_UP} when the member does not answer or lags too far behind, and then leaves it
     * what it was.
     */
    record AddVoter(long memberId) implements MemberChange {}

    /** Takes a member out, voter or learner. */
    record Remove(long memberId) implements MemberChange {}
}
