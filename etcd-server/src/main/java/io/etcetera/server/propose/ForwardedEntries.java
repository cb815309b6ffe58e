package io.etcetera.server.propose;

import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The leader's end of forwarding: takes entries that other members send, and tells them which ones were not taken. Nothing
 * is waited for: who sent an entry sees it applied. Thread-safe, never blocks.
 */
public final class ForwardedEntries {
    private final ApplyLag lag;
    private volatile @Nullable RaftNode raft;

    public ForwardedEntries(LongSupplier appliedIndex) {
        this.lag = new ApplyLag(appliedIndex);
    }

    /** Says where the log is. What comes before is refused. */
    public void attach(RaftNode node) {
        raft = node;
    }

    /**
     * Appends an entry to the log, if this member leads.
     *
     * @param entry an encoded request, not to be changed afterwards
     * @param refusals told NOT_TAKEN or BUSY if the entry is certainly not in the log; at once or later, on any thread
     * @throws IllegalArgumentException if the entry has no bytes
     */
    public void offer(long requestId, byte[] entry, RefusalListener refusals) {
        RaftNode node = raft;
        if (node == null) {
            refusals.refused(requestId, LogRefusal.NOT_TAKEN);
        } else if (lag.isTooLong(node)) {
            refusals.refused(requestId, LogRefusal.BUSY);
        } else {
            node.propose(new Forwarded(requestId, entry, refusals));
        }
    }

    private record Forwarded(long requestId, byte[] data, RefusalListener refusals) implements Proposal {
        @Override
        public void failed(RaftException cause) {
            LogRefusal refusal = LogRefusal.of(cause);
            switch (refusal) {
                case NOT_TAKEN, BUSY -> refusals.refused(requestId, refusal);
                // A log that stops may have taken the entry before. The sender's own deadline ends the matter.
                case UNDECIDED, STOPPED -> {}
            }
        }
    }
}
