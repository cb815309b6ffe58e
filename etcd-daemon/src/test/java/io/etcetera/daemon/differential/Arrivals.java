package io.etcetera.daemon.differential;

import java.util.concurrent.TimeUnit;

/** Tells a thread that waits for several streams at once that something came on one of them. Any thread. */
final class Arrivals {
    private long count;

    synchronized void add() {
        count++;
        notifyAll();
    }

    synchronized long count() {
        return count;
    }

    /** Waits until there are more than {@code seen}, or until the deadline, a value of {@link System#nanoTime}. */
    synchronized boolean awaitMoreThan(long seen, long deadlineNanos) throws InterruptedException {
        while (count <= seen) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            // One millisecond more, for waiting zero milliseconds would be waiting for ever.
            wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
        }
        return true;
    }
}
