package io.etcetera.server.metrics;

import io.etcetera.server.TimeSource;

/** Whole stores on their way between members, which are what etcd calls snapshots here. Thread-safe. */
public final class CopyMetrics {
    private final TimeSource time;
    private final Direction sends;
    private final Direction receipts;
    private final Histogram syncs;
    private final Histogram saves;

    CopyMetrics(MetricRegistry registry, TimeSource time) {
        this.time = time;
        sends = new Direction(registry, "send", "To");
        receipts = new Direction(registry, "receive", "From");
        syncs = registry.histogram(
                "etcd_snap_db_fsync_duration_seconds",
                "The latency distributions of fsyncing .snap.db file",
                Buckets.seconds(0.001, 14));
        saves = registry.histogram(
                "etcd_snap_db_save_total_duration_seconds",
                "The total latency distributions of v3 snapshot save",
                Buckets.seconds(0.1, 10));
    }

    /** A transfer that is under way, and has failed unless it has been said to be complete. One thread. */
    public final class Transfer implements AutoCloseable {
        private final Direction direction;
        private final String peer;
        private final long begin = time.nanoTime();
        private boolean complete;

        private Transfer(Direction direction, long peerId) {
            this.direction = direction;
            this.peer = Long.toHexString(peerId);
            direction.underWay.with(peer).increment();
        }

        /** All of it has been sent, or received. */
        public void completed() {
            complete = true;
        }

        /** Once. */
        @Override
        public void close() {
            direction.underWay.with(peer).decrement();
            if (complete) {
                direction.successes.with(peer).increment();
                direction.durations.with(peer).observe(time.nanoTime() - begin);
            } else {
                direction.failures.with(peer).increment();
            }
        }

        /** What has been received lies safe on the disk. */
        public void saved(long syncBegin) {
            long now = time.nanoTime();
            syncs.observe(now - syncBegin);
            saves.observe(now - begin);
        }

        /** For {@link #saved}: all has been received, and is going to be made durable. */
        public long beginSync() {
            return time.nanoTime();
        }
    }

    /** This member's store begins to be sent. */
    public Transfer sending(long toPeerId) {
        return new Transfer(sends, toPeerId);
    }

    /** Another member's store begins to come in. */
    public Transfer receiving(long fromPeerId) {
        return new Transfer(receipts, fromPeerId);
    }

    /** The metrics of one direction, under names that differ in one word. */
    private static final class Direction {
        private final Labelled<Counter> successes;
        private final Labelled<Counter> failures;
        private final Labelled<Gauge> underWay;
        private final Labelled<Histogram> durations;

        Direction(MetricRegistry registry, String verb, String label) {
            String prefix = "etcd_network_snapshot_" + verb;
            successes =
                    registry.counters(prefix + "_success", "Total number of successful snapshot " + verb + "s", label);
            failures = registry.counters(prefix + "_failures", "Total number of snapshot " + verb + " failures", label);
            underWay = registry.gauges(
                    prefix + "_inflights_total", "Total number of inflight snapshot " + verb + "s", label);
            durations = registry.histograms(
                    prefix + "_total_duration_seconds",
                    "Total latency distributions of v3 snapshot " + verb + "s",
                    Buckets.seconds(0.1, 10),
                    label);
        }
    }
}
