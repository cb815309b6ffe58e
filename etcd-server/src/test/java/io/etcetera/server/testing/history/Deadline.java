package io.etcetera.server.testing.history;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When to give up. */
final class Deadline {

    private final LongSupplier nanoClock;
    private final Duration limit;
    private final long begin;

    Deadline(LongSupplier nanoClock, Duration limit) {
        this.nanoClock = nanoClock;
        this.limit = limit;
        this.begin = nanoClock.getAsLong();
    }

    void check() throws UndecidedException {
        if (nanoClock.getAsLong() - begin > limit.toNanos()) {
            throw new UndecidedException("not done within " + limit);
        }
    }
}
