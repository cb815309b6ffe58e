package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.util.Utils;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.ReadIndexCallback;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Read indexes that need the quorum. One round is under way at a time; whoever asks meanwhile shares the next one, since
 * the present one may have taken its index before the request came. Any thread may ask; nobody waits for anybody.
 *
 * <p>A round whose answer does not come is given company: after half a second, the next one begins, for all who wait. An
 * answer that comes late after all is still good for those who were in that round.
 */
final class ReadRounds {
    private static final Logger LOG = LoggerFactory.getLogger(ReadRounds.class);
    private static final byte[] NO_CONTEXT = {};
    private static final long RETRY_MILLIS = 10;
    private static final long PATIENCE_MILLIS = 500;

    private final NodeImpl node;
    private final HardStateStorage hardState;
    private final Leadership leadership;
    private final Refusals refusals;

    // Guarded by this, all three.
    private List<ReadIndexCallback> waiting = new ArrayList<>();
    private @Nullable Round current;
    private boolean watched;

    ReadRounds(NodeImpl node, HardStateStorage hardState, Leadership leadership, Refusals refusals) {
        this.node = node;
        this.hardState = hardState;
        this.leadership = leadership;
        this.refusals = refusals;
    }

    void request(ReadIndexCallback callback) {
        boolean begins = false;
        boolean refused;
        synchronized (this) {
            refused = refusals.isStopping();
            if (!refused) {
                waiting.add(callback);
                begins = current == null;
            }
        }
        if (refused) {
            callback.failed(refusals.stopped());
        } else if (begins) {
            beginRounds(null);
        }
    }

    /** Fails everyone who waits. {@link Refusals#stopping} has been said before. */
    void close() {
        Round last;
        synchronized (this) {
            last = new Round(takeAll());
            current = null;
        }
        last.fail(refusals.stopped());
    }

    /** Those in the present round who have no answer yet, and those who wait for the next. */
    private List<Batch> takeAll() {
        List<Batch> all = new ArrayList<>();
        if (current != null) {
            current.batches.stream().filter(batch -> !batch.answered.get()).forEach(all::add);
        }
        if (!waiting.isEmpty()) {
            all.add(new Batch(waiting));
            waiting = new ArrayList<>();
        }
        return all;
    }

    /** The round after {@code done}; null if nobody waits, or another thread has begun one. */
    private synchronized @Nullable Round next(@Nullable Round done) {
        if (current != done) {
            return null;
        }
        if (waiting.isEmpty()) {
            current = null;
            return null;
        }
        Round next = new Round(List.of(new Batch(waiting)));
        waiting = new ArrayList<>();
        current = next;
        return next;
    }

    // A loop, not a recursion: a round that fails at once may bring forth the next one out of its callbacks.
    private void beginRounds(@Nullable Round done) {
        Round round = next(done);
        while (round != null && !ask(round)) {
            round = next(round);
        }
    }

    /** Whether an answer will come later. */
    private boolean ask(Round round) {
        // The term first: if it is still the same at the end, then the state read here held all the while. A follower
        // or
        // a leader does not become anything else that answers without moving to a new term.
        round.term = hardState.term();
        State state = node.getNodeState();
        if (state == State.STATE_LEADER && leadership.startedTerm() != round.term) {
            // Alone, the engine answers a new leader with an index that may miss entries of earlier terms.
            retry(round);
            return true;
        }
        if (state != State.STATE_LEADER && state != State.STATE_FOLLOWER) {
            round.fail(refusals.ofRead(new Status(RaftError.EPERM, "no leader is known in state %s", state)));
            return false;
        }
        watch();
        try {
            node.readIndex(NO_CONTEXT, round);
        } catch (IllegalStateException e) {
            // The engine is shutting down; it has called the closure all the same.
            LOG.debug("no read index: {}", e.getMessage());
        }
        return true;
    }

    /** Asks anew in a moment, for all who wait by now; unless that has been done. */
    private void retry(Round round) {
        Round next = replace(round);
        if (next != null) {
            later(RETRY_MILLIS, () -> goOnWith(next));
        }
    }

    private synchronized @Nullable Round replace(Round round) {
        if (current != round) {
            return null;
        }
        current = new Round(takeAll());
        return current;
    }

    private void goOnWith(Round round) {
        if (!ask(round)) {
            beginRounds(round);
        }
    }

    /** One timer at a time sees to whichever round is under way: one for each would outlive it by far. */
    private void watch() {
        synchronized (this) {
            if (watched) {
                return;
            }
            watched = true;
        }
        later(PATIENCE_MILLIS, this::look);
    }

    private void look() {
        Round late;
        long left = 0;
        synchronized (this) {
            watched = false;
            late = current;
            if (late != null) {
                left = PATIENCE_MILLIS - (Utils.monotonicMs() - late.beganMillis);
                watched = left > 0;
            }
        }
        if (left > 0) {
            later(left, this::look);
        } else if (late != null) {
            LOG.debug("no read index after {} ms, asking again", PATIENCE_MILLIS);
            Round next = replace(late);
            if (next != null) {
                goOnWith(next);
            }
        }
    }

    private void later(long millis, Runnable task) {
        try {
            var unused = node.getTimerManager().schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("no read index: {}", e.getMessage());
            close();
        }
        if (refusals.isStopping()) {
            close();
        }
    }

    /** Requests that came before the same round, and so share every answer. They are given the first one. */
    private static final class Batch {
        private final List<ReadIndexCallback> callbacks;
        private final AtomicBoolean answered = new AtomicBoolean();

        Batch(List<ReadIndexCallback> callbacks) {
            this.callbacks = callbacks;
        }

        void answer(Consumer<ReadIndexCallback> answer) {
            if (!answered.compareAndSet(false, true)) {
                return;
            }
            for (ReadIndexCallback callback : callbacks) {
                try {
                    answer.accept(callback);
                } catch (RuntimeException e) {
                    LOG.error("a read index callback failed", e);
                }
            }
        }
    }

    private final class Round extends ReadIndexClosure {
        // The engine's own timeout would start a timer thread that nobody ever stops.
        private static final long NO_TIMEOUT = -1;

        private final List<Batch> batches;
        private final long beganMillis = Utils.monotonicMs();
        private volatile long term;

        Round(List<Batch> batches) {
            super(NO_TIMEOUT);
            this.batches = batches;
        }

        @Override
        public void run(Status status, long index, byte[] context) {
            if (status.getRaftError() == RaftError.EAGAIN || (status.isOk() && hardState.term() != term)) {
                retry(this);
                return;
            }
            if (status.isOk()) {
                batches.forEach(batch -> batch.answer(callback -> callback.ready(index)));
            } else {
                fail(refusals.ofRead(status));
            }
            beginRounds(this);
        }

        void fail(RaftException refused) {
            batches.forEach(batch -> batch.answer(callback -> callback.failed(refused)));
        }
    }
}
