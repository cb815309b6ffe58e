package io.etcetera.server.metrics;

import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.StoreListener;
import io.etcetera.server.TimeSource;

/** The store: what is done to it, what is in it, and what is cleared out of it. */
public final class StoreMetrics implements StoreListener {
    private final MetricRegistry registry;
    private final TimeSource time;
    private final Counter puts;
    private final Counter deletes;
    private final Counter ranges;
    private final Counter txns;
    private final Counter putBytes;
    private final Histogram indexPauses;
    private final Histogram storePauses;
    private final Histogram compactions;
    private final Counter compactedKeys;
    private final Gauge lastCompaction;
    private final Histogram hashes;
    private final Histogram revisionHashes;

    StoreMetrics(MetricRegistry registry, TimeSource time) {
        this.registry = registry;
        this.time = time;
        puts = registry.counter("etcd_mvcc_put_total", "Total number of puts seen by this member.");
        deletes = registry.counter("etcd_mvcc_delete_total", "Total number of deletes seen by this member.");
        ranges = registry.counter("etcd_mvcc_range_total", "Total number of ranges seen by this member.");
        txns = registry.counter("etcd_mvcc_txn_total", "Total number of txns seen by this member.");
        putBytes = registry.growingGauge(
                "etcd_debugging_mvcc_total_put_size_in_bytes", "The total size of put kv pairs seen by this member.");
        indexPauses = registry.histogram(
                "etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds",
                "Bucketed histogram of index compaction pause duration.",
                Buckets.millis(0.5, 14));
        storePauses = registry.histogram(
                "etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds",
                "Bucketed histogram of db compaction pause duration.",
                Buckets.millis(1, 13));
        compactions = registry.histogram(
                "etcd_debugging_mvcc_db_compaction_total_duration_milliseconds",
                "Bucketed histogram of db compaction total duration.",
                Buckets.millis(100, 14));
        compactedKeys =
                registry.counter("etcd_debugging_mvcc_db_compaction_keys_total", "Total number of db keys compacted.");
        lastCompaction = registry.gauge(
                "etcd_debugging_mvcc_db_compaction_last",
                "The unix time of the last db compaction. Resets to 0 on start.");
        hashes = registry.histogram(
                "etcd_mvcc_hash_duration_seconds",
                "The latency distribution of storage hash operation.",
                Buckets.seconds(0.01, 15));
        revisionHashes = registry.histogram(
                "etcd_mvcc_hash_rev_duration_seconds",
                "The latency distribution of storage hash by revision operation.",
                Buckets.seconds(0.01, 15));
    }

    /** Shows a store from now on. Once. */
    public void watch(KvStore store) {
        registry.gauge(
                "etcd_debugging_mvcc_current_revision", "The current revision of store.", store::currentRevision);
        registry.gauge(
                "etcd_debugging_mvcc_compact_revision",
                "The revision of the last compaction in store.",
                store::compactRevision);
        registry.gauge("etcd_debugging_mvcc_keys_total", "Total number of keys.", store::liveKeys);
        registry.gauge(
                "etcd_mvcc_db_total_size_in_bytes",
                "Total size of the underlying database physically allocated in bytes.",
                store::sizeBytes);
        registry.gauge(
                "etcd_mvcc_db_total_size_in_use_in_bytes",
                "Total size of the underlying database logically in use in bytes.",
                store::sizeInUseBytes);
        registry.gauge(
                "etcd_mvcc_db_open_read_transactions",
                "The number of currently open read transactions",
                store::openReads);
        watchWatchers(store);
    }

    private void watchWatchers(KvStore store) {
        registry.gauge("etcd_debugging_mvcc_watch_stream_total", "Total number of watch streams.", () ->
                (double) store.watchHub().counts().streams());
        registry.gauge("etcd_debugging_mvcc_watcher_total", "Total number of watchers.", () ->
                (double) store.watchHub().counts().watchers());
        registry.gauge("etcd_debugging_mvcc_slow_watcher_total", "Total number of unsynced slow watchers.", () ->
                (double) store.watchHub().counts().slowWatchers());
        registry.gauge("etcd_debugging_mvcc_pending_events_total", "Total number of pending events to be sent.", () ->
                (double) store.watchHub().counts().pendingEvents());
        registry.counter("etcd_debugging_mvcc_events_total", "Total number of events sent by this member.", () ->
                (double) store.watchHub().counts().eventsTotal());
    }

    @Override
    public void ranged() {
        ranges.increment();
    }

    @Override
    public void written(int putCount, int deleteCount, int rangeCount, long bytes) {
        if (putCount > 0) {
            puts.add(putCount);
            putBytes.add(bytes);
        }
        if (deleteCount > 0) {
            deletes.add(deleteCount);
        }
        if (rangeCount > 0) {
            ranges.add(rangeCount);
        }
        if (putCount + deleteCount + rangeCount > 1) {
            txns.increment();
        }
    }

    @Override
    public void indexCompacted(long nanos) {
        indexPauses.observe(nanos);
    }

    @Override
    public void recordsDeleted(long nanos, int records) {
        storePauses.observe(nanos);
        compactedKeys.add(records);
    }

    @Override
    public void compacted(long nanos) {
        compactions.observe(nanos);
        lastCompaction.set(time.currentTimeMillis() / 1_000);
    }

    @Override
    public void hashed(long nanos) {
        hashes.observe(nanos);
    }

    @Override
    public void hashedRevision(long nanos) {
        revisionHashes.observe(nanos);
    }
}
