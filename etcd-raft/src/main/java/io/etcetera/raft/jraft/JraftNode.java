package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.Replicator;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.util.ThreadId;
import io.etcetera.raft.MemberChange;
import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
import io.etcetera.raft.transport.PeerInbox;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.StampedLock;

/**
 * A running member. Made by {@link NodeStarter}, which hands over a started engine; from then on this class owns it and
 * everything below it, and closes it in reverse order. The methods of {@link RaftNode} may run on any thread.
 */
final class JraftNode implements RaftNode {
    /** By then, any follower has noticed that its leader is lost. */
    private static final long SILENT_ELECTION_TIMEOUTS = 2;

    private final NodeImpl engine;
    private final EngineInternals internals;
    private final Inbox inbox;
    private final MemberChanges changes;
    private final InternalEntries internal;
    private final EntryCursor cursor;
    private final Leadership leadership;
    private final HeartbeatPace heartbeats;
    private final HardStateStorage hardState;
    private final LogCutter cutter;
    private final Failure failure;
    private final Refusals refusals;
    private final ReadRounds rounds;
    private final Executor elections;
    private final Runnable releaseResources;
    private final long memberId;
    private final long maxSilenceMillis;
    // Held for reading while a proposal is handed over, so that none can slip in behind the engine's last one.
    private final StampedLock admission = new StampedLock();
    private boolean closed; // guarded by this

    JraftNode(
            NodeParts parts,
            NodeImpl engine,
            EngineInternals internals,
            Inbox inbox,
            Executor elections,
            Runnable releaseResources) {
        this.elections = elections;
        this.engine = engine;
        this.memberId = Peers.memberId(engine.getServerId());
        this.maxSilenceMillis = SILENT_ELECTION_TIMEOUTS * engine.getOptions().getElectionTimeoutMs();
        this.internals = internals;
        this.inbox = inbox;
        this.internal = parts.internal();
        this.cursor = parts.cursor();
        this.leadership = parts.leadership();
        this.heartbeats = parts.heartbeats();
        this.hardState = parts.hardState();
        this.cutter = parts.cutter();
        this.failure = parts.failure();
        this.refusals = new Refusals(failure);
        this.changes = new MemberChanges(engine, internals, refusals);
        this.rounds = new ReadRounds(engine, hardState, leadership, refusals);
        this.releaseResources = releaseResources;
    }

    @Override
    public void propose(Proposal proposal) {
        byte[] data = proposal.data();
        if (data.length == 0) {
            throw new IllegalArgumentException("a proposal without data looks like an entry of the log's own");
        }
        RaftException fatal = failure.cause();
        if (fatal != null) {
            proposal.failed(fatal);
            return;
        }
        long stamp = admission.tryReadLock();
        if (stamp == 0) {
            proposal.failed(refusals.stopped()); // close() holds it
            return;
        }
        RaftException refused = null;
        try {
            if (refusals.isStopping()) {
                refused = refusals.stopped();
            } else if (engine.isLeader(false)) {
                engine.apply(new Task(ByteBuffer.wrap(data), new Outcome(proposal)));
            } else {
                refused = refusals.notLeading();
            }
        } finally {
            admission.unlockRead(stamp);
        }
        if (refused != null) {
            proposal.failed(refused);
        }
    }

    /** Learns only of failure: the engine leaves it to the state machine to announce success, which it does at apply. */
    private final class Outcome implements Closure {
        private final Proposal proposal;

        Outcome(Proposal proposal) {
            this.proposal = proposal;
        }

        @Override
        public void run(Status status) {
            if (!status.isOk()) {
                proposal.failed(refusals.ofProposal(status));
            }
        }
    }

    @Override
    public void readIndex(ReadIndexCallback callback) {
        RaftException fatal = failure.cause();
        if (fatal != null) {
            callback.failed(fatal);
            return;
        }
        long index = cursor.handedOut();
        if (decidesAlone(index)) {
            callback.ready(index);
        } else {
            rounds.request(callback);
        }
    }

    /**
     * Whether this member leads, has committed an entry in its term, and is the only voter and the only member there is,
     * by a configuration that is committed and the latest.
     *
     * <p>Then the last entry handed to this member's state machine is a linearizable read index. What has been
     * acknowledged, or shown to any reader, was applied here first, since nobody else has the log. And nobody can have
     * replaced this leader unnoticed: every quorum that could elect another contains this member. To add a second voter,
     * it has to write a configuration entry first, and to vote for another, it has to move to a new term; either makes one
     * of these checks fail before the other could commit anything.
     */
    private boolean decidesAlone(long index) {
        long started = leadership.startedTerm();
        return started != 0 && started == hardState.term() && engine.isLeader(false) && internal.onlySelfVotes(index);
    }

    @Override
    public PeerInbox inbox() {
        return inbox;
    }

    @Override
    public CompletionStage<Void> changeMembers(MemberChange change) {
        RaftException fatal = failure.cause();
        if (fatal != null) {
            return CompletableFuture.failedFuture(fatal);
        }
        if (refusals.isStopping()) {
            return CompletableFuture.failedFuture(refusals.stopped());
        }
        if (!engine.isLeader(false)) {
            return CompletableFuture.failedFuture(refusals.notLeading());
        }
        return changes.begin(change);
    }

    @Override
    public void transferLeadership(long memberId) throws RaftException {
        changes.transfer(memberId);
    }

    @Override
    public void campaign() {
        if (failure.cause() == null && !refusals.isStopping()) {
            elections.execute(internals::passElectionTimeout);
        }
    }

    @Override
    public RaftMembers members() {
        return changes.members();
    }

    @Override
    public OptionalLong matchIndex(long memberId) {
        ThreadId replicator = internals.replicators().getReplicator(Peers.peer(memberId));
        long next = replicator == null ? 0 : Replicator.getNextIndex(replicator);
        return next == 0 ? OptionalLong.empty() : OptionalLong.of(next - 1);
    }

    @Override
    public long leaderId() {
        long leader = leadership.leaderId();
        // A learner's engine has no election timer, and would go by the lost leader's name for ever.
        boolean lost = leader != 0 && leader != memberId && internals.leaderSilentMillis() > maxSilenceMillis;
        return lost ? 0 : leader;
    }

    @Override
    public boolean isLeader() {
        long started = leadership.startedTerm();
        return started != 0 && started == hardState.term() && engine.isLeader(false);
    }

    @Override
    public long term() {
        return hardState.term();
    }

    @Override
    public long committedIndex() {
        return internals.ballots().getLastCommittedIndex();
    }

    @Override
    public long lateHeartbeats() {
        return heartbeats.late();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        long stamp = admission.writeLock();
        refusals.stopping();
        admission.unlockWrite(stamp);

        rounds.close();
        engine.shutdown();
        cutter.close();
        joinUninterruptibly(engine);
        releaseResources.run();
    }

    /** Waits for the engine to end. The files below it must not be closed before, whatever happens. */
    static void joinUninterruptibly(NodeImpl engine) {
        boolean interrupted = false;
        while (true) {
            try {
                engine.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
