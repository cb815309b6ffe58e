package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.error.RaftError;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.ReadIndexCallback;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Read indexes that need the quorum. One round is under way at a time; whoever asks meanwhile shares the next one, since
 * the present one may have taken its index before the request came. Any thread may ask; nobody waits for anybody.
 */
final class ReadRounds {
    private static final Logger LOG = LoggerFactory.getLogger(ReadRounds.class);
    private static final byte[] NO_CONTEXT = {};
    private static final long RETRY_MILLIS = 10;

    private final NodeImpl node;
    private final HardStateStorage hardState;
    private final Leadership leadership;
    private final Refusals refusals;
    private List<ReadIndexCallback> waiting = new ArrayList<>(); // guarded by this
    private boolean underWay; // guarded by this

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
                begins = !underWay;
                underWay = true;
            }
        }
        if (refused) {
            callback.failed(refusals.stopped());
        } else if (begins) {
            beginRounds();
        }
    }

    /** Fails everyone who waits. {@link Refusals#stopping} has been said before. */
    void close() {
        RaftException stopped = refusals.stopped();
        answer(take(), callback -> callback.failed(stopped));
    }

    private synchronized List<ReadIndexCallback> take() {
        List<ReadIndexCallback> taken = waiting;
        waiting = new ArrayList<>();
        underWay = !taken.isEmpty();
        return taken;
    }

    // A loop, not a recursion: a round that fails at once may bring forth the next one out of its callbacks.
    private void beginRounds() {
        boolean failedAtOnce = true;
        while (failedAtOnce) {
            List<ReadIndexCallback> round = take();
            failedAtOnce = !round.isEmpty() && !begin(round);
        }
    }

    /** Whether an answer will come later. */
    private boolean begin(List<ReadIndexCallback> round) {
        // The term first: if it is still the same at the end, then the state read here held all the while. A follower
        // or
        // a leader does not become anything else that answers without moving to a new term.
        long term = hardState.term();
        State state = node.getNodeState();
        if (state == State.STATE_LEADER && leadership.startedTerm() != term) {
            // Alone, the engine answers a new leader with an index that may miss entries of earlier terms.
            retry(round);
            return true;
        }
        if (state != State.STATE_LEADER && state != State.STATE_FOLLOWER) {
            RaftException refused =
                    refusals.ofRead(new Status(RaftError.EPERM, "no leader is known in state %s", state));
            answer(round, callback -> callback.failed(refused));
            return false;
        }
        try {
            node.readIndex(NO_CONTEXT, new Round(round, term));
        } catch (IllegalStateException e) {
            // The engine is shutting down; it has called the closure all the same.
            LOG.debug("no read index: {}", e.getMessage());
        }
        return true;
    }

    private void retry(List<ReadIndexCallback> round) {
        synchronized (this) {
            round.addAll(waiting);
            waiting = round;
        }
        try {
            var unused = node.getTimerManager().schedule(this::beginRounds, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("no read index: {}", e.getMessage());
            close();
        }
        if (refusals.isStopping()) {
            close();
        }
    }

    private final class Round extends ReadIndexClosure {
        // The engine's own timeout would start a timer thread that nobody ever stops.
        private static final long NO_TIMEOUT = -1;

        private final List<ReadIndexCallback> callbacks;
        private final long term;

        Round(List<ReadIndexCallback> callbacks, long term) {
            super(NO_TIMEOUT);
            this.callbacks = callbacks;
            this.term = term;
        }

        @Override
        public void run(Status status, long index, byte[] context) {
            if (status.getRaftError() == RaftError.EAGAIN || (status.isOk() && hardState.term() != term)) {
                retry(callbacks);
                return;
            }
            if (status.isOk()) {
                answer(callbacks, callback -> callback.ready(index));
            } else {
                RaftException refused = refusals.ofRead(status);
                answer(callbacks, callback -> callback.failed(refused));
            }
            beginRounds();
        }
    }

    private static void answer(List<ReadIndexCallback> callbacks, Consumer<ReadIndexCallback> answer) {
        for (ReadIndexCallback callback : callbacks) {
            try {
                answer.accept(callback);
            } catch (RuntimeException e) {
                LOG.error("a read index callback failed", e);
            }
        }
    }
}
