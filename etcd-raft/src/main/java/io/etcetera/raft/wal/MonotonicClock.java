package io.etcetera.raft.wal;

/** The one place in this package where time is read. */
final class MonotonicClock {
    private MonotonicClock() {}

    /** Nanoseconds since an arbitrary moment. */
    static long nanoTime() {
        return System.nanoTime();
    }
}
