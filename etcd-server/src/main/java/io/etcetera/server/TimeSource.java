package io.etcetera.server;

/** The only way to the time, so that tests can hold the hands of the clock. Thread-safe. */
public interface TimeSource {

    /** Nanoseconds since an arbitrary moment, never going back. For intervals and deadlines. */
    long nanoTime();

    /** Milliseconds since the Unix epoch; may jump. */
    long currentTimeMillis();

    /** Milliseconds since an arbitrary moment, never going back. For intervals too long to count in nanoseconds. */
    default long monotonicMillis() {
        return Math.floorDiv(nanoTime(), 1_000_000L);
    }

    /** The machine's clock. */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}
