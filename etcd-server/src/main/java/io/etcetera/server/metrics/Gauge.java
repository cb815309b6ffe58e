package io.etcetera.server.metrics;

import java.util.concurrent.atomic.AtomicLong;

/** A whole number that goes up and down. Thread-safe. */
public final class Gauge {
    private final AtomicLong number = new AtomicLong();

    Gauge() {}

    public void set(long value) {
        number.set(value);
    }

    public void increment() {
        number.incrementAndGet();
    }

    public void decrement() {
        number.decrementAndGet();
    }

    public double value() {
        return (double) number.get();
    }
}
