package io.etcetera.server.cluster;

import io.etcetera.proto.etcdserverpb.Member;
import java.util.List;
import java.util.Optional;

/** Who is in the cluster, as applied on this member. Thread-safe. */
public interface Membership {
    long clusterId();

    /** This member's ID. */
    long memberId();

    /** All members, sorted by ID as unsigned numbers. */
    List<Member> members();

    /** Whether this member is a learner: it has no vote, and serves hardly anything. */
    default boolean isLearner() {
        return member(memberId()).map(Member::getIsLearner).orElse(false);
    }
    /** A member; empty if there is none with that ID. */
    default Optional<Member> member(long memberId) {
        return members().stream().filter(member -> member.getID() == memberId).findFirst();
    }

    /**
     * Whether this was a member and never will be again. The raft group follows a moment later, and may need the member's
     * vote for that: peers are to talk to it until {@link io.etcetera.raft.RaftNode#members} lists it no more, and to
     * refuse it only then.
     */
    boolean isRemoved(long memberId);

    /**
     * Has {@code listener} called after each change of members, on the apply thread, which it must not hold up. It stays
     * for as long as the member runs.
     */
    void onChange(Runnable listener);
}
