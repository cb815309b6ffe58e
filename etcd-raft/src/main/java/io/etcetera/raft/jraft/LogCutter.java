package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.error.RaftError;
import io.etcetera.raft.StateMachine;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when the log is cut, and sees to it that the state machine is durable first. The snapshot that the engine takes
 * for that is a mark without content: the state machine's own store is the content.
 *
 * <p>One cut goes from thread to thread: the apply thread finds it due ({@link #entriesApplied}), a pool thread asks the
 * engine for a snapshot, the apply thread fixes its index and starts the state machine's sync ({@link #makeDurable}),
 * whoever completes that lets the engine go on, and a pool thread saves the mark ({@link #marked}). Only then does the
 * engine drop entries, and only those before the <em>previous</em> mark: between one and two intervals stay.
 */
final class LogCutter {
    private static final Logger LOG = LoggerFactory.getLogger(LogCutter.class);

    private final StateMachine stateMachine;
    private final WriteAheadLog wal;
    private final Executor executor;
    private final long interval;
    private final AtomicBoolean cutting = new AtomicBoolean();
    private final AtomicReference<@Nullable Closure> waitingForSync = new AtomicReference<>();
    private volatile @Nullable Node node;
    private volatile boolean closed;
    private volatile long durableIndex;
    private volatile long markIndex;
    private volatile long nextCut;

    /**
     * @param interval entries applied between two cuts, which is also the least that stays behind a mark
     * @param durableIndex up to which the state machine can do without the log already
     * @param markIndex of the mark that is there, or 0
     */
    LogCutter(
            StateMachine stateMachine,
            WriteAheadLog wal,
            Executor executor,
            long interval,
            long durableIndex,
            long markIndex) {
        this.stateMachine = stateMachine;
        this.wal = wal;
        this.executor = executor;
        this.interval = interval;
        this.durableIndex = durableIndex;
        this.markIndex = markIndex;
        this.nextCut = markIndex + interval;
    }

    /** Begins to cut. */
    void open(Node started) {
        node = started;
    }

    /** Index up to which the state machine needs the log no more. */
    long durableIndex() {
        return durableIndex;
    }

    /** Entries up to {@code index} have been applied. Called on the apply thread, for every batch. */
    void entriesApplied(long index) {
        Node engine = node;
        if (index < nextCut || engine == null || closed || stateMachine.needsLog()) {
            return;
        }
        if (cutting.compareAndSet(false, true)) {
            executor.execute(() -> requestSnapshot(engine));
        }
    }

    // On a pool thread: the engine queues the request for the apply thread, which must not wait for itself.
    private void requestSnapshot(Node engine) {
        try {
            // Asked with nothing newly applied by its own account, which lags, the engine drops the whole log.
            if (engine.getLastAppliedLogIndex() - markIndex < interval) {
                cutting.set(false);
                return;
            }
        } catch (IllegalStateException e) {
            LOG.debug("the log is not cut now: {}", e.getMessage());
            cutting.set(false);
            return;
        }
        engine.snapshot(this::finished);
    }

    private void finished(Status status) {
        if (!status.isOk() && !closed) {
            LOG.warn("the log could not be cut, trying again {} entries later: {}", interval, status);
            long due = nextCut;
            nextCut = due + interval;
        }
        cutting.set(false);
    }

    /** Lets {@code done} run when everything up to {@code last}, applied already, is durable. On the apply thread. */
    void makeDurable(LogId last, Closure done) {
        waitingForSync.set(done);
        if (closed) {
            answer(cancelled("the member is closing"));
            return;
        }
        stateMachine.sync().whenComplete((durable, problem) -> {
            if (problem != null) {
                LOG.warn("the state machine could not be made durable", problem);
                answer(cancelled("the state machine could not be made durable: " + problem));
            } else if (durable < last.getIndex()) {
                answer(cancelled("the state machine is durable up to " + durable + ", not " + last.getIndex()));
            } else if (!isWritten(last)) {
                answer(cancelled("entry " + last.getIndex() + " is not in the log yet"));
            } else {
                durableIndex = durable;
                answer(Status.OK());
            }
        });
    }

    /**
     * Others can commit an entry before it is written here, perhaps over one that lost; a mark beyond the log would not open
     * again.
     */
    private boolean isWritten(LogId id) {
        try {
            LogEntry entry = EntryCodec.read(wal, id.getIndex());
            return entry != null && entry.getId().equals(id);
        } catch (IOException e) {
            LOG.warn("entry {} of the log cannot be read", id.getIndex(), e);
            return false;
        }
    }

    /** Another member's state was put in place, and is durable up to {@code index}. On the apply thread. */
    void installed(long index) {
        durableIndex = Math.max(durableIndex, index);
    }

    /** The mark at {@code index} is on disk. */
    void marked(long index) {
        LOG.debug("log marked at entry {}", index);
        markIndex = index;
        nextCut = index + interval;
    }

    /** Ends a cut that still waits for the state machine, and begins no other. */
    void close() {
        closed = true;
        answer(cancelled("the member is closing"));
    }

    private void answer(Status status) {
        Closure done = waitingForSync.getAndSet(null);
        if (done != null) {
            done.run(status);
        }
    }

    private static Status cancelled(String why) {
        Status status = new Status();
        status.setError(RaftError.ECANCELED.getNumber(), why);
        return status;
    }
}
