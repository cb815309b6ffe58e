package io.etcetera.raft.wal;

/** The one place in this module where time is read. */
public final class MonotonicClock {
    private MonotonicClock() {}

    /** Nanoseconds since an arbitrary moment. */
    public static long nanoTime() {
        return System.nanoTime();
    }
}
