package io.etcetera.raft;

import java.io.IOException;
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
     * Whether the log is not to be cut for now: other members are being given copies of the state, and will go on with the
     * entries behind them. Asked on the apply thread whenever a cut is due.
     */
    default boolean needsLog() {
        return false;
    }

    /**
     * Fetches a full copy of the state of {@code leaderId}, which holds at least the entries up to {@code index}, and puts
     * it durably beside the present state, which stays in use. Called when this member's log is too far behind to be
     * continued; on a thread that may block, and is interrupted when the copy is not wanted any more. Never called while an
     * earlier call runs. A copy left from an earlier call may be resumed or replaced.
     *
     * @throws IOException if it cannot be fetched or written; the leader offers it again
     */
    void fetchState(long leaderId, long index) throws IOException, InterruptedException;

    /**
     * Puts the copy that was fetched last in the place of the present state, atomically and durably. On the apply thread;
     * an exception is fatal to the member. Entries that the copy holds already may come again afterwards.
     *
     * @return the index up to which the new state holds the log's effects
     */
    long installState();

    /**
     * The member cannot go on: an I/O error in the log, or an exception out of this state machine. It answers nothing any
     * more. A call of {@link #apply} may be under way, with entries that are durable; none follows it. Called once, from any thread, also from inside the log's locks;
     * must not block, and must leave it to another thread to close the node.
     */
    void failed(RaftException cause);
}
