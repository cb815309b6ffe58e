package io.etcetera.mvcc.backend.copy;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How large the steps of a copy are, and how long it rests after each of them. While the store is busy, a step is to keep
 * the disk for {@link #STEP_NANOS} at most, since a sync of the log may have to wait for that long; how many bytes that
 * is, the disk says. The rest is as long as the step, which leaves commits half of the disk and of a processor. While nobody
 * else wants them, steps become large, and there is no rest. One thread.
 */
public final class Pace {
    static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Below this, what a sync costs in any case outweighs what is written. */
    static final long SMALLEST_STEP_BYTES = 512L << 10;

    /** How long after a commit the store still counts as busy: several intervals between two commits. */
    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoClock;
    private final long largestStepBytes;
    private long stepBytes;
    private long lastBusy;
    private long begin;

    /**
     * Of one copy, which begins as if the store had been idle.
     *
     * @param largestStepBytes also the smallest, if it is smaller than that
     */
    public Pace(LongSupplier nanoClock, long largestStepBytes) {
        this.nanoClock = nanoClock;
        this.largestStepBytes = largestStepBytes;
        this.stepBytes = Math.min(largestStepBytes, SMALLEST_STEP_BYTES);
        this.lastBusy = nanoClock.getAsLong() - BUSY_NANOS;
    }

    /** Bytes that the next step should have. */
    public long stepBytes() {
        return stepBytes;
    }

    public void stepBegins() {
        begin = nanoClock.getAsLong();
    }

    /**
     * The rest that is due.
     *
     * @param commits whether there were any since the step before
     */
    public long stepEnded(boolean commits) {
        long end = nanoClock.getAsLong();
        long took = end - begin;
        lastBusy = commits ? end : lastBusy;
        boolean busy = end - lastBusy < BUSY_NANOS;
        if (busy && took > STEP_NANOS) {
            stepBytes = Math.max(stepBytes / 2, Math.min(largestStepBytes, SMALLEST_STEP_BYTES));
        } else if (!busy || took < STEP_NANOS / 2) {
            stepBytes = Math.min(stepBytes * 2, largestStepBytes);
        }
        return busy ? took : 0;
    }
}
