package io.etcetera.raft.wal;

/** Told of every append and truncation once it is durable, on the thread that made it. Must not block or throw. */
@FunctionalInterface
public interface WalListener {
    /** Ignores everything. */
    WalListener NONE = (writeNanos, syncNanos, bytes) -> {};

    /**
     * A write has become durable.
     *
     * @param writeNanos time spent in writing alone
     * @param syncNanos time spent in fdatasync alone
     * @param bytes bytes written, record headers included
     */
    void synced(long writeNanos, long syncNanos, long bytes);
}
