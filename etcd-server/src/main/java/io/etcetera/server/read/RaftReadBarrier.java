package io.etcetera.server.read;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.metrics.RequestMetrics;
import io.etcetera.server.propose.LogRefusal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Read barriers by read index. Thread-safe; its timer is {@link #tick()}.
 *
 * <p>A read asks the log for an index, and asks again while there is no leader to give one; then it waits until that
 * index is applied. In the common case both are settled before {@link #await} returns, and nothing is registered. A new
 * leader ends the reads that are still asking: they may have been asked of the old one.
 */
public final class RaftReadBarrier implements ReadBarrier, LeadershipListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RaftReadBarrier.class);

    /** After this, and so often, it is said that an index does not come. */
    private static final Duration RETRY_WARNING = Duration.ofMillis(500);

    private final Duration requestTimeout;
    private final AppliedIndex applied;
    private final TimeSource time;
    private final RequestMetrics metrics;
    private final Set<Read<?>> pending = ConcurrentHashMap.newKeySet();

    private volatile @Nullable RaftNode raft;
    private volatile boolean closed;
    private long lastWarningNanos; // timer thread

    public RaftReadBarrier(Duration requestTimeout, AppliedIndex applied, TimeSource time, RequestMetrics metrics) {
        this.metrics = metrics;
        this.requestTimeout = requestTimeout;
        this.applied = applied;
        this.time = time;
    }

    /** Says where the log is. Reads made before wait as if there were no leader. */
    public void attach(RaftNode node) {
        raft = node;
    }

    @Override
    public <T> void await(T token, ResultCallback<T> callback) {
        Read<T> read = new Read<>(token, callback, time.nanoTime());
        read.ask();
        if (read.isDone()) {
            return;
        }
        pending.add(read);
        if (read.isDone()) {
            pending.remove(read);
        } else if (closed) {
            read.fail(EtcdError.STOPPED);
        }
    }

    @Override
    public void leaderStarted() {
        askAgain();
    }

    @Override
    public void leaderChanged(long leaderId) {
        if (leaderId == 0) {
            return;
        }
        boolean anyFailed = false;
        for (Read<?> read : pending) {
            if (!read.indexKnown) {
                read.fail(EtcdError.LEADER_CHANGED);
                anyFailed = true;
            }
        }
        if (anyFailed) {
            metrics.readIndexFailed();
        }
    }

    /** Ends reads that have waited too long, and asks again for those the log could not serve. Every 100 ms or so. */
    public void tick() {
        long now = time.nanoTime();
        boolean late = false;
        boolean tooLate = false;
        for (Read<?> read : pending) {
            long waited = now - read.startNanos;
            if (waited >= requestTimeout.toNanos()) {
                tooLate |= !read.indexKnown;
                read.fail(EtcdError.TIMEOUT);
            } else {
                late |= !read.indexKnown && waited >= RETRY_WARNING.toNanos();
            }
        }
        if (tooLate) {
            metrics.slowReadIndex();
            log.atWarn()
                    .addKeyValue("timeout", requestTimeout)
                    .log("timed out waiting for read index response (local node might have slow network)");
        } else if (late && now - lastWarningNanos >= RETRY_WARNING.toNanos()) {
            lastWarningNanos = now;
            log.atWarn()
                    .addKeyValue("retry-timeout", RETRY_WARNING)
                    .log("waiting for ReadIndex response took too long, retrying");
        }
        askAgain();
    }

    private void askAgain() {
        for (Read<?> read : pending) {
            if (read.refused) {
                read.ask();
            }
        }
    }

    /** Answers STOPPED to every read that waits, and to those to come. Idempotent. */
    @Override
    public void close() {
        closed = true;
        for (Read<?> read : pending) {
            read.fail(EtcdError.STOPPED);
        }
    }

    private final class Read<T> implements ReadIndexCallback {
        private final T token;
        private final ResultCallback<T> callback;
        private final long startNanos;
        private final AtomicBoolean done = new AtomicBoolean();
        private volatile boolean refused;
        private volatile boolean indexKnown;

        Read(T token, ResultCallback<T> callback, long startNanos) {
            this.token = token;
            this.callback = callback;
            this.startNanos = startNanos;
        }

        void ask() {
            refused = false;
            RaftNode node = raft;
            if (closed) {
                fail(EtcdError.STOPPED);
            } else if (node == null) {
                refused = true;
            } else {
                node.readIndex(this);
            }
        }

        @Override
        public void ready(long index) {
            indexKnown = true;
            if (applied.getAsLong() >= index) {
                complete();
            } else {
                applied.await(index, this::complete);
            }
        }

        @Override
        public void failed(RaftException cause) {
            switch (LogRefusal.of(cause)) {
                case NOT_TAKEN, BUSY, UNDECIDED -> refused = true;
                case STOPPED -> fail(EtcdError.STOPPED);
            }
        }

        boolean isDone() {
            return done.get();
        }

        private void complete() {
            if (finish()) {
                callback.completed(token);
            }
        }

        void fail(EtcdError error) {
            if (finish()) {
                callback.failed(new EtcdException(error));
            }
        }

        private boolean finish() {
            if (!done.compareAndSet(false, true)) {
                return false;
            }
            pending.remove(this);
            return true;
        }
    }
}
