package io.etcetera.server.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for reads that may be large, so that no event loop stands still for them. They start on demand and end when
 * idle. The queue needs no bound: what waits there are calls that clients have open,
 * and the number of those is limited elsewhere.
 */
final class Readers implements Executor, AutoCloseable {
    private static final int MAX_THREADS = 8;
    private static final long IDLE_SECONDS = 60;
    private static final long CLOSE_MILLIS = 200;

    private final ThreadPoolExecutor pool;

    /** For reads of ranges: as many threads as processors, within reason. */
    static Readers of(int processors) {
        return new Readers("etcd-read-", Math.min(Math.max(1, processors), MAX_THREADS));
    }

    /** For what takes a pass over the whole store: a thread of its own, so that it keeps no other read waiting. */
    static Readers ofWholeStore() {
        return new Readers("etcd-store-pass-", 1);
    }

    private Readers(String namePrefix, int threads) {
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> new Thread(task, namePrefix + number.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
    }

    /** @throws RejectedExecutionException once closed */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Drops what waits, interrupts what runs and gives it a moment to end: stores are closed after this. */
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
