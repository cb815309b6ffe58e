package io.etcetera.server.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads for reads that may be large, so that no event loop stands still for them. As many as processors at most;
 * they start on demand and end when idle. The queue needs no bound: what waits there are calls that clients have open,
 * and the number of those is limited elsewhere.
 */
final class Readers implements Executor, AutoCloseable {
    private static final int MAX_THREADS = 8;
    private static final long IDLE_SECONDS = 60;
    private static final long CLOSE_MILLIS = 200;

    private final ThreadPoolExecutor pool;

    Readers(int processors) {
        int threads = Math.min(Math.max(1, processors), MAX_THREADS);
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> new Thread(task, "etcd-read-" + number.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
    }

    /** @throws RejectedExecutionException once closed */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Drops what waits, and lets what runs finish within a moment: stores are closed after this. */
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
