package io.etcetera.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that everything periodic in a member runs on. Tasks must not block. All of them run on the ticks of one clock, so that
 * an idle member wakes up twenty times a second, however many tasks there are.
 */
final class MemberTimer implements AutoCloseable {
    /** Intervals are multiples of it; others are rounded up. */
    static final Duration TICK = Duration.ofMillis(50);

    private static final Logger log = LoggerFactory.getLogger(MemberTimer.class);
    private static final long CLOSE_TIMEOUT_SECONDS = 5;

    private final ScheduledThreadPoolExecutor executor;
    /** Used by the timer's thread alone. */
    private final List<Periodic> tasks = new ArrayList<>();

    MemberTimer(String threadName) {
        executor = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, threadName));
        // Nothing to learn from the future: a tick never throws, and close() ends it.
        ScheduledFuture<?> unused = executor.scheduleAtFixedRate(this::tick, 0, TICK.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs a task at once, and then at this interval. One that throws is logged, and runs again next time. */
    void every(Duration interval, Runnable task) {
        Periodic periodic = new Periodic(task, ticks(interval));
        executor.execute(() -> {
            tasks.add(periodic);
            periodic.tick();
        });
    }

    private static long ticks(Duration interval) {
        long tick = TICK.toNanos();
        return Math.max(1, (interval.toNanos() + tick - 1) / tick);
    }

    private void tick() {
        tasks.forEach(Periodic::tick);
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

    /** Counts the ticks to its next run. Used by the timer's thread alone. */
    private static final class Periodic {
        private final Runnable task;
        private final long interval;
        private long left;

        private Periodic(Runnable task, long interval) {
            this.task = task;
            this.interval = interval;
        }

        private void tick() {
            if (left == 0) {
                left = interval;
                run();
            }
            left--;
        }

        private void run() {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.atError().setCause(e).log("a periodic task failed");
            }
        }
    }
}
