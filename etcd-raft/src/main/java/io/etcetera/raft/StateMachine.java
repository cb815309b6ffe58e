package io.etcetera.raft;

import java.util.concurrent.CompletionStage;

/**
 * What the log drives. {@link #apply} and the leadership calls come from one thread, the apply thread, in the order in
 * which things happened.
 */
public interface StateMachine {

    /**
     * Applies committed entries, all of them. After a restart, entries may come again that are already in the state; the
     * implementation skips those at or below its own applied index. An exception, or an entry left unread, is fatal to the
     * member.
     */
    void apply(CommittedEntries entries);

    /**
     * This member leads from now on; entries of earlier terms have all been applied. May come twice in a term, with
     * {@link #leaderStopped} in between, when leadership could not be handed over.
     */
    void leaderStarted(long term);

    /** This member no longer leads. */
    void leaderStopped();

    /** The leader known to this member changed; 0 when there is none. */
    void leaderChanged(long leaderId, long term);

    /**
     * Makes durable everything applied so far, off the apply thread, and completes with the index up to which the
     * state no longer needs the log. The log is cut only behind that index. Called on the apply thread; not again before
     * it has completed. If it fails, the log is not cut this time.
     */
    CompletionStage<Long> sync();

    /**
     * The member cannot go on: an I/O error in the log, or an exception out of this state machine. It answers nothing any
     * more. A call of {@link #apply} may be under way, with entries that are durable; none follows it. Called once, from any thread, also from inside the log's locks;
     * must not block, and must leave it to another thread to close the node.
     */
    void failed(RaftException cause);
}
