package io.etcetera.server.tls;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for the parts of handshakes that take long: signatures, files, name services. They start on demand and end
 * when idle. There are several, so that one slow name service does not keep everybody out; the queue needs no bound,
 * for a connection has one task at a time and ends if its handshake takes too long.
 */
final class HandshakeThreads implements Executor, AutoCloseable {
    private static final int THREADS = 8;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_MILLIS = 200;

    private final ThreadPoolExecutor pool;

    HandshakeThreads(String name) {
        AtomicInteger number = new AtomicInteger();
        this.pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> new Thread(task, name + "-" + number.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
    }

    /** @throws RejectedExecutionException once closed */
    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

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
