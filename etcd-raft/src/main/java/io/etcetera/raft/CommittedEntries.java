package io.etcetera.raft;

import java.nio.ByteBuffer;

/**
 * Committed entries in index order, without gaps. A cursor: valid only inside {@link StateMachine#apply}, and to be read to
 * its end there.
 *
 * <p>Entries that the log made for itself come too, empty, but only just before the next entry behind them. The log puts an
 * empty one of its own behind each change of leader and of members, so that the last index handed out always comes to rest at the last
 * one committed.
 */
public interface CommittedEntries {

    /** Moves to the next entry; false when there is none. Call before the first accessor. */
    boolean next();

    /** Index of the present entry. */
    long index();

    /** Term of the present entry. */
    long term();

    /**
     * The proposal's bytes, empty for an entry that the log made for itself (a new term, a change of members). The
     * buffer is the reader's own view and is valid only until the next call of {@link #next()}.
     */
    ByteBuffer data();
}
