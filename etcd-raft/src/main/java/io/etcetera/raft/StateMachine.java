package io.etcetera.raft;

import java.util.concurrent.CompletionStage;

/**
 * What the log drives. {@link #apply} and the leadership calls come from one thread, the apply thread, in the order in
 * which things happened.
 */
public interface StateMachine {

    /**
     * Applies committed entries. After a restart, entries may come again that are already in the state; the
     * implementation skips those at or below its own applied index. An exception is fatal to the member.
     */
    void apply(CommittedEntries entries);

    /** This member leads from now on; entries of earlier terms have all been applied. */
    void leaderStarted(long term);

    /** This member no longer leads. */
    void leaderStopped();

    /** The leader known to this member changed; 0 when there is none. */
    void leaderChanged(long leaderId, long term);

    /**
     * Makes durable everything applied so far, off the apply thread, and completes with the index up to which the
     * state no longer needs the log. The log is cut only behind that index.
     */
    CompletionStage<Long> sync();

    /**
     * The member cannot go on: an I/O error in the log, or an exception out of {@link #apply}. It answers nothing any
     * more. Called once, from any thread; must not block.
     */
    void failed(RaftException cause);
}
