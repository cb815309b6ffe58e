package io.etcetera.server.metrics;

import java.util.stream.DoubleStream;

/**
 * Upper bounds of a histogram, inclusive.
 *
 * @param bounds in the metric's unit, ascending, without infinity
 * @param ticksPerUnit what is observed are whole ticks; so many make one of the metric's unit
 */
record Buckets(double[] bounds, double ticksPerUnit) {
    static final double NANOS_PER_SECOND = 1e9;
    static final double NANOS_PER_MILLI = 1e6;

    /** {@code count} bounds of seconds, each twice the one before; what is observed are nanoseconds. */
    static Buckets seconds(double first, int count) {
        return doubling(first, count, NANOS_PER_SECOND);
    }

    /** The same, of milliseconds. */
    static Buckets millis(double first, int count) {
        return doubling(first, count, NANOS_PER_MILLI);
    }

    static Buckets doubling(double first, int count, double ticksPerUnit) {
        // Doubling is exact, so that each bound prints as short as the first one.
        return new Buckets(
                DoubleStream.iterate(first, bound -> bound * 2).limit(count).toArray(), ticksPerUnit);
    }

    long[] ticks() {
        return DoubleStream.of(bounds)
                .mapToLong(bound -> Math.round(bound * ticksPerUnit))
                .toArray();
    }
}
