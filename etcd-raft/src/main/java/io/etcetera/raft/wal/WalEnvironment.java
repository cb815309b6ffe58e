package io.etcetera.raft.wal;

import java.security.SecureRandom;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * What the log takes from the outside world.
 *
 * @param files the file system
 * @param nanoTime a monotonic clock
 * @param salts random numbers, one for each new segment
 * @param threads makes the thread that prepares a segment ahead of need
 * @param smallSegmentBytes size of a segment made on the spot, small enough to cost only milliseconds
 */
record WalEnvironment(
        WalFiles files, LongSupplier nanoTime, LongSupplier salts, ThreadFactory threads, long smallSegmentBytes) {
    private static final long SMALL_SEGMENT_BYTES = 4L << 20;

    static WalEnvironment real(boolean fsync) {
        return new WalEnvironment(
                new NioWalFiles(fsync),
                MonotonicClock::nanoTime,
                new SecureRandom()::nextLong,
                task -> new Thread(task, "wal-segment-preparer"),
                SMALL_SEGMENT_BYTES);
    }
}
