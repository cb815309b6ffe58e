package io.etcetera.mvcc.backend;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs tasks one after the other, on a thread that is there only while there are any. Thread-safe. */
final class BackgroundThread implements AutoCloseable {
    private final ThreadPoolExecutor executor;

    BackgroundThread(String name) {
        this.executor = new ThreadPoolExecutor(
                0, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> new Thread(task, name));
    }

    /** @throws RejectedExecutionException if this is closed */
    void execute(Runnable task) {
        executor.execute(task);
    }

    /** Waits for what runs and what waits. Idempotent; not interruptible. */
    @Override
    public void close() {
        executor.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (executor.awaitTermination(1, TimeUnit.DAYS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
