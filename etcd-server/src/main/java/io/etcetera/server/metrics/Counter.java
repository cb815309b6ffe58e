package io.etcetera.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A number that only grows. Thread-safe; adding neither waits nor allocates. */
public final class Counter {
    private final LongAdder adder = new LongAdder();

    Counter() {}

    public void increment() {
        adder.increment();
    }

    /** Adds an amount, which is not negative. */
    public void add(long amount) {
        adder.add(amount);
    }

    public double value() {
        return (double) adder.sum();
    }
}
