package io.etcetera.server.propose;

import io.etcetera.raft.RaftNode;
import java.util.function.LongSupplier;

/** How far applying lags behind what is committed; beyond a bound, a member takes no new requests. */
record ApplyLag(LongSupplier appliedIndex) {
    static final long MAX_ENTRIES = 5_000;

    boolean isTooLong(RaftNode raft) {
        return raft.committedIndex() - appliedIndex.getAsLong() > MAX_ENTRIES;
    }
}
