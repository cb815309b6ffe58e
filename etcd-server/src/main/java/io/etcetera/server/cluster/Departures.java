package io.etcetera.server.cluster;

import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is gone for good: removed from the membership, and out of the raft group too, which follows a moment later and may
 * need a member's vote to let it go. Thread-safe.
 */
public final class Departures implements LongPredicate {
    private final Membership membership;
    private volatile @Nullable RaftNode raft;

    public Departures(Membership membership) {
        this.membership = membership;
    }

    /** Says where the log is; nobody is gone before. */
    public void attach(RaftNode node) {
        raft = node;
    }

    @Override
    public boolean test(long memberId) {
        RaftNode node = raft;
        if (node == null || !membership.isRemoved(memberId)) {
            return false;
        }
        RaftMembers group = node.members();
        return !group.voters().contains(memberId) && !group.learners().contains(memberId);
    }
}
