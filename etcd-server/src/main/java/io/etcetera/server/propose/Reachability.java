package io.etcetera.server.propose;

/** How well this member has reached others, which is what explains some timeouts. Thread-safe. */
public interface Reachability {
    /** For a member without peers. */
    Reachability ALONE = new Reachability() {
        @Override
        public boolean reachedSince(long memberId, long nanos) {
            return false;
        }

        @Override
        public boolean reachedQuorumSince(long nanos) {
            return true;
        }
    };

    /** Whether a member has answered without a break since before {@code nanos} on the member's monotonic clock. */
    boolean reachedSince(long memberId, long nanos);

    /** The same of so many members that together with this one they are more than half of all, learners included. */
    boolean reachedQuorumSince(long nanos);
}
