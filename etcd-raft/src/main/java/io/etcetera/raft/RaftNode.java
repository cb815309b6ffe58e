package io.etcetera.raft;

import io.etcetera.raft.jraft.NodeStarter;
import io.etcetera.raft.transport.PeerInbox;
import io.etcetera.raft.transport.PeerTransport;
import io.etcetera.raft.wal.WalListener;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * One member's end of the replicated log.
 *
 * <p>All methods may be called from any thread and none of them blocks, except {@link #close()}.
 */
public interface RaftNode extends AutoCloseable {

    /**
     * Starts a member: opens its log, checks it against the state machine, and takes part. The state machine is called
     * from then on, possibly before this returns. A group of one leads within milliseconds.
     *
     * @throws IOException if the files cannot be opened or read, or hold damaged data
     * @throws RaftException of kind {@link RaftException.Kind#FATAL} if the log and the state machine do not belong
     *     together: a gap between them, or a single voter's log that ends before what has been applied. The message says
     *     which is ahead, and what to do
     */
    static RaftNode start(RaftConfig config, StateMachine stateMachine) throws IOException, RaftException {
        return start(config, stateMachine, WalListener.NONE);
    }

    /** The same, with someone who is told of every sync of the log. */
    static RaftNode start(RaftConfig config, StateMachine stateMachine, WalListener walListener)
            throws IOException, RaftException {
        return start(config, stateMachine, walListener, PeerTransport.NONE);
    }

    /**
     * The same, with a way to reach the other members. The transport is used from then on, also before this returns; what
     * arrives goes to {@link #inbox}.
     */
    static RaftNode start(
            RaftConfig config, StateMachine stateMachine, WalListener walListener, PeerTransport transport)
            throws IOException, RaftException {
        return NodeStarter.start(config, stateMachine, walListener, transport);
    }

    /**
     * Appends an entry to the log, if this member leads. Outcome: the entry reaches
     * {@link StateMachine#apply(CommittedEntries)}, or {@link Proposal#failed(RaftException)} is called. Both can
     * happen: a failure of kind {@link RaftException.Kind#UNKNOWN}, or of {@link RaftException.Kind#STOPPED} or
     * {@link RaftException.Kind#FATAL} after the entry was taken, leaves open whether the entry will be committed.
     *
     * @throws IllegalArgumentException if the proposal has no bytes
     */
    void propose(Proposal proposal);

    /**
     * Asks for an index such that a read done once it is applied sees every write acknowledged before this call. The
     * callback may run at once, on the calling thread. Calls made while a round is under way share the next one.
     */
    void readIndex(ReadIndexCallback callback);

    /** Where the transport delivers what other members send. */
    PeerInbox inbox();

    /**
     * Changes who takes part, if this member leads. Completes when the change is committed; a failure of kind
     * {@link RaftException.Kind#UNKNOWN} leaves open whether it will be. One change at a time: another one is refused
     * with {@link RaftException.Kind#CHANGING}.
     */
    CompletionStage<Void> changeMembers(MemberChange change);

    /**
     * Asks a voter to take over, if this member leads. Returns at once; the outcome shows in {@link #leaderId}. Until then
     * proposals fail. When the voter does not take over within an election timeout, this member leads on.
     *
     * @throws RaftException of kind NOT_LEADER, CHANGING, or NOT_CAUGHT_UP if there is no such voter
     */
    void transferLeadership(long memberId) throws RaftException;

    /**
     * Calls an election without waiting for the election timeout to pass, if this member votes and has heard of no leader
     * yet. For one that has just started: the wait is for a leader that it would have heard of by now. Returns at once;
     * does nothing if there is nothing to do.
     */
    void campaign();

    /** Who takes part, as far as this member knows. */
    RaftMembers members();

    /** On the leader: the last entry known to be in another member's log. Empty if it is not known. */
    OptionalLong matchIndex(long memberId);

    /** The leader's member ID, or 0 while none is known. */
    long leaderId();

    /** Whether this member leads and has committed an entry in its present term. */
    boolean isLeader();

    /** The present term. */
    long term();

    /** Index of the last entry known to be committed. */
    long committedIndex();

    /** How many heartbeats this member has sent too late since it was started, because it was held up itself. */
    long lateHeartbeats();

    /**
     * Stops taking part and releases everything: waits for what is being applied, fails what is pending with
     * {@link RaftException.Kind#STOPPED}, closes the log. Idempotent. Not to be called from a callback of this node, nor
     * from the state machine: it waits for both.
     */
    @Override
    void close();
}
