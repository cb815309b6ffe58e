package io.etcetera.server.consistency;

import io.etcetera.server.ConsistencyChecks;
import io.etcetera.server.LeadershipListener;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a leader compare the members now and then, on a thread of its own, since that waits for others. Without a check to make there
 * is no thread.
 */
public final class ConsistencyMonitor implements LeadershipListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConsistencyMonitor.class);
    private static final long CLOSE_SECONDS = 5;

    private final ScheduledThreadPoolExecutor thread;
    private volatile boolean leading;

    private ConsistencyMonitor(String threadName) {
        thread = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, threadName));
    }

    /** Begins with the checks that are configured. */
    public static ConsistencyMonitor start(ConsistencyChecks checks, CheckParts parts, String threadName) {
        ConsistencyMonitor monitor = new ConsistencyMonitor(threadName);
        checks.periodic().ifPresent(interval -> {
            log.atInfo()
                    .addKeyValue("local-member-id", parts.self())
                    .addKeyValue("interval", interval)
                    .log("enabled corruption checking");
            monitor.every(interval, new PeriodicCheck(parts)::run);
        });
        checks.compactions().ifPresent(interval -> monitor.every(interval, new CompactionCheck(parts)::run));
        return monitor;
    }

    private interface Check {
        void run() throws InterruptedException, ExecutionException;
    }

    private void every(Duration interval, Check check) {
        // Nothing to learn from the future: the task never throws, and close() ends it.
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                () -> runIfLeading(check), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void runIfLeading(Check check) {
        if (!leading) {
            return;
        }
        try {
            check.run();
        } catch (ExecutionException e) {
            log.atWarn().addKeyValue("error", String.valueOf(e.getCause())).log("failed to check hash KV");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("a check of consistency failed");
        }
    }

    @Override
    public void leaderStarted() {
        leading = true;
    }

    @Override
    public void leaderStopped() {
        leading = false;
    }

    /** Ends a check that is under way, without a result. */
    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.atWarn().log("a check of consistency does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
