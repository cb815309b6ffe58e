package io.etcetera.server;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for work that takes long, so that those who must not wait hand it over. They start on demand, and end when they
 * have been idle for a while. Thread-safe.
 */
public final class WorkerPool implements Executor, AutoCloseable {
    /** What is interrupted ends within that; whoever closes a pool is about to close what its tasks work with. */
    private static final long CLOSE_MILLIS = 200;

    private final ThreadPoolExecutor pool;

    private WorkerPool(String name, int threads, Duration idle, BlockingQueue<Runnable> queue) {
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                idle.toMillis(),
                TimeUnit.MILLISECONDS,
                queue,
                task -> new Thread(task, name + "-" + number.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * A pool in which any number of tasks may wait: for tasks whose number is limited elsewhere.
     *
     * @param name of the threads, which are numbered
     * @param idle how long a thread waits for work before it ends; more than 0
     */
    public static WorkerPool unbounded(String name, int threads, Duration idle) {
        return new WorkerPool(name, threads, idle, new LinkedBlockingQueue<>());
    }

    /** A pool that refuses tasks when so many are waiting. */
    public static WorkerPool bounded(String name, int threads, Duration idle, int maxWaiting) {
        return new WorkerPool(name, threads, idle, new LinkedBlockingQueue<>(maxWaiting));
    }

    /** @throws RejectedExecutionException if too many wait, or once this is closed */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Drops what waits, interrupts what runs and gives it a moment to end. Idempotent. */
    @Override
    public void close() {
        pool.shutdownNow();
        try {
            pool.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
