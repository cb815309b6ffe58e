package io.etcetera.server.testing.cluster;

import io.etcetera.server.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's clock, whose wall time somebody sets now and then. Intervals are not affected. Thread-safe. */
public final class JumpingClock implements TimeSource {
    private final AtomicLong offsetMillis = new AtomicLong();

    /** Sets the wall time forward, or back if negative. */
    public void jump(Duration by) {
        offsetMillis.addAndGet(by.toMillis());
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis() + offsetMillis.get();
    }
}
