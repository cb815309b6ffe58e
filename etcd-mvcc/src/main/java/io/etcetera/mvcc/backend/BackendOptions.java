package io.etcetera.mvcc.backend;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How a backend commits.
 *
 * @param batchInterval longest time that a write waits for the start of its commit
 * @param batchLimit writes after which a commit starts at once
 * @param maxBufferedBytes bytes in the filling buffer above which writers wait for the running commit; they also wait
 *     above four times {@code batchLimit} writes
 * @param mapSizeBytes address space to reserve, which bounds the size of the file; if the system refuses, half of it is
 *     tried, and so on
 * @param fsync false to leave syncing to the operating system: a crash of the machine may then lose or damage the store
 * @param threadName name of the committer thread
 * @param onFailure told once, on the committer thread, when a commit has failed; the store takes no more writes. Must
 *     not close the backend itself, which waits for this very thread
 * @param onCommit told of each commit, on the committer thread; must be quick
 * @param nanoClock for the duration of commits
 */
public record BackendOptions(
        Duration batchInterval,
        int batchLimit,
        long maxBufferedBytes,
        long mapSizeBytes,
        boolean fsync,
        String threadName,
        Consumer<Throwable> onFailure,
        Consumer<CommitStats> onCommit,
        LongSupplier nanoClock) {
    /** The batches of etcd, 64 MiB of buffer, 1 TiB of address space; failures and commits are reported to nobody. */
    public static final BackendOptions DEFAULT = new BackendOptions(
            Duration.ofMillis(100),
            10_000,
            64L << 20,
            1L << 40,
            true,
            "store-committer",
            failure -> {},
            stats -> {},
            System::nanoTime);

    /**
     * For filling a new store from one thread as fast as the disk takes it: a commit begins when 16 MiB are waiting, or after
     * a second, and the next 16 MiB gather meanwhile. Besides those 32 MiB, a commit takes up to four times its bytes of memory
     * outside the heap, as pages.
     */
    public static final BackendOptions FILLING =
            DEFAULT.withBatch(Duration.ofSeconds(1), 1 << 20).withMaxBufferedBytes(16L << 20);

    public BackendOptions {
        if (batchInterval.isNegative() || batchInterval.isZero()) {
            throw new IllegalArgumentException("batch interval must be positive: " + batchInterval);
        }
        if (batchLimit < 1 || maxBufferedBytes < 1 || mapSizeBytes < 1 << 20) {
            throw new IllegalArgumentException("limits must be positive, and the map size at least 1 MiB");
        }
    }

    public BackendOptions withBatch(Duration interval, int limit) {
        return new BackendOptions(
                interval, limit, maxBufferedBytes, mapSizeBytes, fsync, threadName, onFailure, onCommit, nanoClock);
    }

    public BackendOptions withMaxBufferedBytes(long bytes) {
        return new BackendOptions(
                batchInterval, batchLimit, bytes, mapSizeBytes, fsync, threadName, onFailure, onCommit, nanoClock);
    }

    public BackendOptions withMapSizeBytes(long bytes) {
        return new BackendOptions(
                batchInterval, batchLimit, maxBufferedBytes, bytes, fsync, threadName, onFailure, onCommit, nanoClock);
    }

    public BackendOptions withFsync(boolean enabled) {
        return new BackendOptions(
                batchInterval,
                batchLimit,
                maxBufferedBytes,
                mapSizeBytes,
                enabled,
                threadName,
                onFailure,
                onCommit,
                nanoClock);
    }

    public BackendOptions withThreadName(String name) {
        return new BackendOptions(
                batchInterval, batchLimit, maxBufferedBytes, mapSizeBytes, fsync, name, onFailure, onCommit, nanoClock);
    }

    public BackendOptions withOnFailure(Consumer<Throwable> callback) {
        return new BackendOptions(
                batchInterval,
                batchLimit,
                maxBufferedBytes,
                mapSizeBytes,
                fsync,
                threadName,
                callback,
                onCommit,
                nanoClock);
    }

    public BackendOptions withOnCommit(Consumer<CommitStats> listener) {
        return new BackendOptions(
                batchInterval,
                batchLimit,
                maxBufferedBytes,
                mapSizeBytes,
                fsync,
                threadName,
                onFailure,
                listener,
                nanoClock);
    }

    public BackendOptions withNanoClock(LongSupplier clock) {
        return new BackendOptions(
                batchInterval,
                batchLimit,
                maxBufferedBytes,
                mapSizeBytes,
                fsync,
                threadName,
                onFailure,
                onCommit,
                clock);
    }
}
