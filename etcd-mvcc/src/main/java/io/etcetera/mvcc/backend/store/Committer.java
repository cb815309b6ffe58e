package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.StoreClosedException;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.CommitStats;
import io.etcetera.mvcc.backend.Uninterruptibly;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.backend.copy.CommitterTurn;
import io.etcetera.mvcc.backend.env.LiveEnv;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that makes batches durable: when a batch is full, when its first write has waited for the batch interval,
 * or when someone asks. Its state belongs to the holder of the backend's entry lock, which it gives up while it writes.
 */
final class Committer implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Committer.class);

    private final LmdbBackend backend;
    private final LiveEnv env;
    private final ReentrantLock entryLock;
    private final BackendOptions options;
    private final Thread thread;

    /** Something to commit, to answer, or to end. */
    private final Condition work;

    private List<CompletableFuture<Long>> waiting = new ArrayList<>();
    private boolean requested;
    private boolean dirty;
    private boolean stopping;
    private @Nullable CommitterTurn turn;

    /** Why there will be no turn any more; null while this runs. */
    private @Nullable Throwable ended;

    private long durableIndex;

    Committer(LmdbBackend backend, LiveEnv env, ReentrantLock entryLock, BackendOptions options, long durableIndex) {
        this.backend = backend;
        this.env = env;
        this.entryLock = entryLock;
        this.options = options;
        this.durableIndex = durableIndex;
        this.work = entryLock.newCondition();
        this.thread = new Thread(this, options.threadName());
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    /** Entry lock held: an entry has ended, so its writes may be taken. */
    void entryEnded(WriteBuffer filling) {
        if (!dirty && !filling.isClean()) {
            dirty = true;
            work.signal();
        }
        if (filling.writes() >= options.batchLimit()) {
            request();
        }
    }

    /** Entry lock held: the next commit need not wait for its interval. */
    void request() {
        if (!requested) {
            requested = true;
            work.signal();
        }
    }

    /** Entry lock held: as {@link #request}, and tells when all that is written by now is durable. */
    CompletionStage<Long> requestCommit() {
        CompletableFuture<Long> done = new CompletableFuture<>();
        waiting.add(done);
        request();
        return done;
    }

    /** Has a turn taken before the next commit, or refuses it if there will be none. One at a time; any thread. */
    void giveTurn(CommitterTurn next) {
        Throwable refusal;
        entryLock.lock();
        try {
            refusal = ended;
            if (refusal == null) {
                turn = next;
                request();
            }
        } finally {
            entryLock.unlock();
        }
        if (refusal != null) {
            next.refused(refusal);
        }
    }

    /** Commits the rest and waits for the thread to end. Idempotent; not interruptible. */
    void stop() {
        entryLock.lock();
        try {
            stopping = true;
            work.signal();
        } finally {
            entryLock.unlock();
        }
        Uninterruptibly.join(thread);
    }

    @Override
    public void run() {
        try {
            commitUntilStopped();
        } catch (RuntimeException | Error e) {
            fail(e, List.of());
        }
    }

    private void commitUntilStopped() {
        boolean last = false;
        while (!last) {
            WriteBuffer batch;
            List<CompletableFuture<Long>> answers;
            Throwable abandoned;
            entryLock.lock();
            try {
                awaitWork();
                last = stopping;
                abandoned = backend.failure();
                batch = abandoned != null || backend.filling().isClean() ? null : backend.take();
                answers = waiting;
                waiting = new ArrayList<>();
                requested = false;
                dirty = false;
            } finally {
                entryLock.unlock();
            }
            if (abandoned != null) {
                fail(abandoned, answers);
                return;
            }
            if (!takeTurn(answers)) {
                return;
            }
            if (endIfFrozen(answers)) {
                return;
            }
            if (!commit(batch, answers)) {
                return;
            }
        }
        end(new StoreClosedException("the store is closed"));
    }

    /** The turn may have put another store in the place of this one: then the batch stays where readers see it. */
    private boolean endIfFrozen(List<CompletableFuture<Long>> answers) {
        List<CompletableFuture<Long>> all = new ArrayList<>(answers);
        entryLock.lock();
        try {
            if (!backend.isFrozen()) {
                return false;
            }
            all.addAll(waiting);
            waiting = new ArrayList<>();
        } finally {
            entryLock.unlock();
        }
        // True of the old store, and less than what the new one holds.
        all.forEach(answer -> answer.complete(durableIndex));
        end(new StoreClosedException("another store has taken its place"));
        return true;
    }

    /** Entry lock held. */
    private void awaitWork() {
        boolean interrupted = false;
        while (!dirty && !requested && !stopping) {
            work.awaitUninterruptibly();
        }
        long rest = options.batchInterval().toNanos();
        while (!requested && !stopping && rest > 0) {
            try {
                rest = work.awaitNanos(rest);
            } catch (InterruptedException e) {
                // Nobody has business interrupting this thread; keep the flag for a callback that looks at it.
                interrupted = true;
            }
        }
        if (interrupted) {
            thread.interrupt();
        }
    }

    /** False if the store has failed. */
    private boolean takeTurn(List<CompletableFuture<Long>> answers) {
        CommitterTurn given = withdrawTurn(null);
        if (given != null) {
            try {
                given.take();
            } catch (RuntimeException | Error e) {
                fail(e, answers);
                return false;
            }
        }
        return true;
    }

    /** Refuses the turn that is asked for, if any, and all later ones. */
    private void end(Throwable cause) {
        CommitterTurn refused = withdrawTurn(cause);
        if (refused != null) {
            refused.refused(cause);
        }
    }

    private @Nullable CommitterTurn withdrawTurn(@Nullable Throwable end) {
        entryLock.lock();
        try {
            CommitterTurn withdrawn = turn;
            turn = null;
            ended = end;
            return withdrawn;
        } finally {
            entryLock.unlock();
        }
    }

    /** False if the store has failed. */
    private boolean commit(@Nullable WriteBuffer batch, List<CompletableFuture<Long>> answers) {
        if (batch != null) {
            long begin = options.nanoClock().getAsLong();
            try {
                env.commit(batch);
            } catch (RuntimeException | Error e) {
                fail(e, answers);
                return false;
            }
            if (batch.consistentIndex() >= 0) {
                durableIndex = batch.consistentIndex();
            }
            backend.batchCommitted();
            report(batch, options.nanoClock().getAsLong() - begin);
        }
        for (CompletableFuture<Long> answer : answers) {
            answer.complete(durableIndex);
        }
        return true;
    }

    private void report(WriteBuffer batch, long durationNanos) {
        CommitStats stats = new CommitStats(durationNanos, batch.writes(), batch.bytes(), durableIndex);
        try {
            options.onCommit().accept(stats);
        } catch (RuntimeException e) {
            log.error("commit listener failed", e);
        }
    }

    private void fail(Throwable cause, List<CompletableFuture<Long>> answers) {
        log.error("cannot commit; the store takes no more writes", cause);
        backend.failed(cause);
        List<CompletableFuture<Long>> all = new ArrayList<>(answers);
        entryLock.lock();
        try {
            all.addAll(waiting);
            waiting = new ArrayList<>();
        } finally {
            entryLock.unlock();
        }
        for (CompletableFuture<Long> answer : all) {
            answer.completeExceptionally(cause);
        }
        end(cause);
        try {
            options.onFailure().accept(cause);
        } catch (RuntimeException e) {
            log.error("failure callback failed", e);
        }
    }
}
