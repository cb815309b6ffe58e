package io.etcetera.mvcc.backend;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long a copy that is made in steps rests after each of them: as long as the step took, while the store is busy,
 * which leaves commits half of the disk and of a processor; not at all while nobody else wants them. One thread.
 */
final class Pace {
    /** How long after a commit the store still counts as busy: several intervals between two commits. */
    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoClock;
    private long lastBusy;
    private long begin;

    Pace(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.lastBusy = nanoClock.getAsLong() - BUSY_NANOS;
    }

    void stepBegins() {
        begin = nanoClock.getAsLong();
    }

    /**
     * The rest that is due.
     *
     * @param busy whether there were commits since the step before
     */
    long stepEnded(boolean busy) {
        long end = nanoClock.getAsLong();
        lastBusy = busy ? end : lastBusy;
        return end - lastBusy < BUSY_NANOS ? end - begin : 0;
    }
}
