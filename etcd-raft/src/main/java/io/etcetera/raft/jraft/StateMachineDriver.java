package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.etcetera.raft.StateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the engine's calls on to the {@link StateMachine}. Every method runs on the engine's apply thread. An exception
 * out of the state machine ends the member, and once it has failed, for whatever reason, it is given nothing more.
 */
final class StateMachineDriver extends StateMachineAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(StateMachineDriver.class);

    private final long memberId;
    private final StateMachine stateMachine;
    private final EntryCursor cursor;
    private final Leadership leadership;
    private final LogCutter cutter;
    private final VirtualSnapshots snapshots;
    private final Failure failure;
    private volatile @Nullable Node engine;
    private volatile @Nullable CommitNotices notices;

    StateMachineDriver(
            long memberId,
            StateMachine stateMachine,
            EntryCursor cursor,
            Leadership leadership,
            LogCutter cutter,
            VirtualSnapshots snapshots,
            Failure failure) {
        this.memberId = memberId;
        this.stateMachine = stateMachine;
        this.cursor = cursor;
        this.leadership = leadership;
        this.cutter = cutter;
        this.snapshots = snapshots;
        this.failure = failure;
    }

    /** Names the engine, before it starts. */
    void open(Node starting) {
        engine = starting;
    }

    /** Has the other members told of what is applied here; an engine that has started knows them. */
    void tellOthers(CommitNotices commitNotices) {
        notices = commitNotices;
    }

    /** Another member has answered for entries. Any thread. */
    void entriesAnswered(long memberId) {
        CommitNotices told = notices;
        if (told != null) {
            told.entriesAnswered(memberId);
        }
    }

    @Override
    public void onApply(Iterator entries) {
        if (failure.cause() == null) {
            cutter.entriesApplied(cursor.handedOut());
            cursor.begin(entries);
            apply();
            tellOthers();
        }
        if (failure.cause() != null) {
            entries.setErrorAndRollback(1, new Status(RaftError.ESTATEMACHINE, "the member has failed"));
        }
    }

    private void tellOthers() {
        CommitNotices told = notices;
        if (told != null) {
            told.committed(cursor.index(), cursor.term());
        }
    }

    private void apply() {
        guard(() -> {
            stateMachine.apply(cursor);
            if (!cursor.isExhausted()) {
                // The engine would go on behind the entry, as if it had been applied.
                throw new IllegalStateException("the state machine left entries behind " + cursor.index());
            }
        });
    }

    @Override
    public void onLeaderStart(long term) {
        leadership.leads(memberId);
        leadership.started(term);
        guard(() -> {
            stateMachine.leaderChanged(memberId, term);
            stateMachine.leaderStarted(term);
        });
        appendEmptyEntry(term);
    }

    /**
     * Puts an empty proposal behind the configuration entry that begins a term. The engine shows configuration entries to
     * nobody, but an entry behind them brings every member's state machine up to there: without it, a read that waits for
     * the index of the configuration entry would wait until somebody writes.
     */
    private void appendEmptyEntry(long term) {
        Node leading = engine;
        if (leading == null) {
            return;
        }
        Closure outcome = status -> {
            // BUSY: there are proposals in the queue, which serve as well. Otherwise leadership is lost already.
            if (!status.isOk()) {
                LOG.debug("no empty entry at the start of term {}: {}", term, status);
            }
        };
        try {
            leading.apply(new Task(ByteBuffer.allocate(0), outcome, term));
        } catch (IllegalStateException e) {
            LOG.debug("no empty entry at the start of term {}: {}", term, e.getMessage());
        }
    }

    @Override
    public void onLeaderStop(Status status) {
        long term = leadership.startedTerm();
        leadership.stopped();
        leadership.leads(0);
        if (term != 0) {
            guard(() -> {
                stateMachine.leaderStopped();
                stateMachine.leaderChanged(0, term);
            });
        }
    }

    @Override
    public void onStartFollowing(LeaderChangeContext context) {
        long leader = Peers.memberId(context.getLeaderId());
        leadership.leads(leader);
        guard(() -> stateMachine.leaderChanged(leader, context.getTerm()));
    }

    @Override
    public void onStopFollowing(LeaderChangeContext context) {
        leadership.leads(0);
        guard(() -> stateMachine.leaderChanged(0, context.getTerm()));
    }

    @Override
    public void onConfigurationCommitted(Configuration configuration) {
        // Who is a member is data of the state machine, which learns of it by its own entries.
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        SnapshotMeta meta = reader.load();
        if (reader instanceof FetchedSnapshot) {
            guard(() -> install(meta));
            return failure.cause() == null;
        }
        if (meta.getLastIncludedIndex() > cutter.durableIndex()) {
            failure.report(
                    "the log's mark is at entry " + meta.getLastIncludedIndex()
                            + ", but the state machine is durable only up to " + cutter.durableIndex(),
                    null);
            return false;
        }
        cursor.skipTo(meta.getLastIncludedIndex());
        return true;
    }

    /**
     * The state first, the mark after it: a member that dies in between has a state that is ahead of its log, and the
     * entries in between are skipped when they come. The other way round, they would be missing.
     */
    private void install(SnapshotMeta meta) {
        long index = meta.getLastIncludedIndex();
        long durable = stateMachine.installState();
        if (durable < index) {
            throw new IllegalStateException(
                    "the state that was put in place holds " + durable + " entries of " + index);
        }
        cutter.installed(durable);
        try {
            snapshots.installed(meta);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cursor.skipTo(index);
    }

    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        SnapshotMeta meta = writer.getCurrentMeta();
        long index = meta.getLastIncludedIndex();
        if (failure.cause() == null && cursor.handedOut() < index) {
            // The last entries are internal ones: without them, the state could never become durable up to the mark.
            cursor.beginInternal(index);
            apply();
        }
        cutter.makeDurable(new LogId(index, meta.getLastIncludedTerm()), done);
    }

    @Override
    public void onError(RaftException error) {
        failure.report("the raft engine stopped: " + error.getStatus(), error);
    }

    @Override
    public void onShutdown() {
        // The state machine outlives the log.
    }

    private void guard(Runnable call) {
        if (failure.cause() != null) {
            return;
        }
        try {
            call.run();
        } catch (Throwable e) { // Errors too: half an entry may have been applied, so this member cannot go on.
            failure.report("the state machine failed after entry " + cursor.index(), e);
        }
    }
}
