package io.etcetera.mvcc.backend.copy;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs tasks one after the other, on a thread that is there only while there are any. Thread-safe. */
public final class BackgroundThread implements AutoCloseable {
    private final ThreadPoolExecutor executor;

    public BackgroundThread(String name) {
        this.executor = new ThreadPoolExecutor(
                0, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> new Thread(task, name));
    }

    /**
     * Runs a task when all before it are done.
     *
     * @throws RejectedExecutionException if this is closed
     */
    public void execute(Runnable task) {
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
