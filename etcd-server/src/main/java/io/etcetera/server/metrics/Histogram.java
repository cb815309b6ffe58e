package io.etcetera.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts observations by size. Thread-safe; observing neither waits nor allocates. What is observed are whole ticks,
 * nanoseconds if it is a time, which {@link Buckets#ticksPerUnit} turns into the metric's unit.
 */
public final class Histogram {
    private final Buckets buckets;
    private final long[] bounds;
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    Histogram(Buckets buckets) {
        this.buckets = buckets;
        this.bounds = buckets.ticks();
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    public void observe(long ticks) {
        // Nearly all fall into the first few, so that looking from the front is the shortest way.
        int bucket = 0;
        while (bucket < bounds.length && ticks > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        sum.add(ticks);
    }

    double[] bounds() {
        return buckets.bounds();
    }

    /** How many observations were at most as large as each bound, and at the end, how many there were at all. */
    long[] cumulativeCounts() {
        long[] cumulative = new long[counts.length];
        long total = 0;
        for (int i = 0; i < counts.length; i++) {
            total += counts[i].sum();
            cumulative[i] = total;
        }
        return cumulative;
    }

    long count() {
        long total = 0;
        for (LongAdder count : counts) {
            total += count.sum();
        }
        return total;
    }

    /** Of all observations, in the metric's unit. */
    double sum() {
        return (double) sum.sum() / buckets.ticksPerUnit();
    }
}
