package io.etcetera.mvcc;

import io.etcetera.mvcc.watch.WatchHubOptions;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;

/**
 * How a store works in the background.
 *
 * @param compactionBatchLimit most records that a compaction looks at before it pauses
 * @param compactionSleepInterval the pause
 * @param watch bounds of the catch-up of watchers
 * @param threads makes the two background threads, for compaction and for watchers; both are ended and joined by {@link
 *     KvStore#close()}
 * @param listener told of what the store does
 * @param nanoClock for durations
 */
public record KvStoreOptions(
        int compactionBatchLimit,
        Duration compactionSleepInterval,
        WatchHubOptions watch,
        ThreadFactory threads,
        StoreListener listener,
        LongSupplier nanoClock) {
    /** etcd's: batches of 1000 records, 10 ms apart. */
    public static final KvStoreOptions DEFAULT = new KvStoreOptions(
            1000,
            Duration.ofMillis(10),
            WatchHubOptions.DEFAULT,
            task -> new Thread(task, "store-background"),
            StoreListener.NONE,
            System::nanoTime);

    public KvStoreOptions {
        if (compactionBatchLimit < 1) {
            throw new IllegalArgumentException("compaction batch limit must be positive: " + compactionBatchLimit);
        }
        if (compactionSleepInterval.isNegative()) {
            throw new IllegalArgumentException("compaction pause must not be negative: " + compactionSleepInterval);
        }
    }

    public KvStoreOptions withCompaction(int batchLimit, Duration sleepInterval) {
        return new KvStoreOptions(batchLimit, sleepInterval, watch, threads, listener, nanoClock);
    }

    public KvStoreOptions withWatch(WatchHubOptions options) {
        return new KvStoreOptions(compactionBatchLimit, compactionSleepInterval, options, threads, listener, nanoClock);
    }

    public KvStoreOptions withThreads(ThreadFactory factory) {
        return new KvStoreOptions(compactionBatchLimit, compactionSleepInterval, watch, factory, listener, nanoClock);
    }

    public KvStoreOptions withNanoClock(LongSupplier clock) {
        return new KvStoreOptions(compactionBatchLimit, compactionSleepInterval, watch, threads, listener, clock);
    }

    public KvStoreOptions withListener(StoreListener newListener) {
        return new KvStoreOptions(
                compactionBatchLimit, compactionSleepInterval, watch, threads, newListener, nanoClock);
    }
}
