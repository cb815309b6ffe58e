package io.etcetera.server.metrics;

import io.etcetera.mvcc.backend.CommitStats;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.raft.wal.WalListener;

/** The write-ahead log and the store's file: how long the disk takes. */
public final class DiskMetrics implements WalListener {
    private final MetricRegistry registry;
    private final Histogram walFsync;
    private final Histogram walWrite;
    private final Counter walBytes;
    private final Histogram commit;
    private final Histogram defragment;
    private final Gauge defragmenting;
    private final Histogram snapshot;

    DiskMetrics(MetricRegistry registry) {
        this.registry = registry;
        Buckets millisecondsUp = Buckets.seconds(0.001, 14);
        walFsync = registry.histogram(
                "etcd_disk_wal_fsync_duration_seconds",
                "The latency distributions of fsync called by WAL.",
                millisecondsUp);
        walWrite = registry.histogram(
                "etcd_disk_wal_write_duration_seconds",
                "The latency distributions of write called by WAL.",
                millisecondsUp);
        walBytes = registry.growingGauge("etcd_disk_wal_write_bytes_total", "Total number of bytes written in WAL.");
        commit = registry.histogram(
                "etcd_disk_backend_commit_duration_seconds",
                "The latency distributions of commit called by backend.",
                millisecondsUp);
        defragment = registry.histogram(
                "etcd_disk_backend_defrag_duration_seconds",
                "The latency distribution of backend defragmentation.",
                Buckets.seconds(0.1, 13));
        defragmenting = registry.gauge(
                "etcd_disk_defrag_inflight",
                "Whether or not defrag is active on the member. 1 means active, 0 means not.");
        snapshot = registry.histogram(
                "etcd_disk_backend_snapshot_duration_seconds",
                "The latency distribution of backend snapshots.",
                Buckets.seconds(0.01, 17));
    }

    /** Shows how far copies of the store are, from now on. Once. The names are not etcd's, which has none for that. */
    public void watch(ReplaceableBackend backend) {
        registry.gauge(
                "etcetera_disk_defrag_copied_bytes",
                "Bytes that the defragmentation under way has copied.",
                () -> backend.defragmentationProgress().doneBytes());
        registry.gauge(
                "etcetera_disk_defrag_expected_bytes",
                "Bytes that the defragmentation under way has to copy.",
                () -> backend.defragmentationProgress().expectedBytes());
        registry.gauge(
                "etcetera_disk_snapshot_written_bytes",
                "Bytes of the database snapshot under way that are ready.",
                () -> backend.snapshotProgress().doneBytes());
        registry.gauge(
                "etcetera_disk_snapshot_expected_bytes",
                "Bytes that the database snapshot under way will have.",
                () -> backend.snapshotProgress().expectedBytes());
    }

    @Override
    public void synced(long writeNanos, long syncNanos, long bytes) {
        walWrite.observe(writeNanos);
        walFsync.observe(syncNanos);
        walBytes.add(bytes);
    }

    /** The store has made a batch durable. */
    public void committed(CommitStats stats) {
        commit.observe(stats.durationNanos());
    }

    /** A defragmentation has begun, and will end with {@link #defragmented}. */
    public void defragmenting() {
        defragmenting.increment();
    }

    public void defragmented(long nanos) {
        defragmenting.decrement();
        defragment.observe(nanos);
    }

    /** A copy of the whole store has been sent to a client, or given up. */
    public void snapshotEnded(long nanos) {
        snapshot.observe(nanos);
    }
}
