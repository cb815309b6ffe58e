package io.etcetera.server.testing;

import io.etcetera.server.TimeSource;
import java.time.Duration;

/** A clock that only moves when told. One thread. */
public final class ManualTime implements TimeSource {
    private long nanos = 1_000_000_000L;
    private final long epochMillis = 1_700_000_000_000L;

    public void advance(Duration duration) {
        nanos += duration.toNanos();
    }

    public void advanceMillis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long currentTimeMillis() {
        return epochMillis + nanos / 1_000_000;
    }
}
