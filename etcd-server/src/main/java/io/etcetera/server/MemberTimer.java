package io.etcetera.server;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that everything periodic in a member runs on. Tasks must not block. */
final class MemberTimer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MemberTimer.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 5;

    private final ScheduledThreadPoolExecutor executor;

    MemberTimer(String threadName) {
        executor = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, threadName));
    }

    /** Runs a task now and then at this interval. One that throws is logged, and runs again next time. */
    void every(Duration interval, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.atError().setCause(e).log("a periodic task failed");
            }
        };
        // Nothing to learn from the future: the task never throws, and close() ends it.
        ScheduledFuture<?> unused = executor.scheduleAtFixedRate(guarded, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for the task that is running, if any, and ends the thread. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                log.atWarn().log("a periodic task does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
