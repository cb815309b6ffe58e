package io.etcetera.mvcc;

/** Told of what a store does, on the thread that does it. Must be quick, and neither block nor throw. */
public interface StoreListener {
    /** Ignores everything. */
    StoreListener NONE = new StoreListener() {};

    /** A range outside of write transactions. Any thread. */
    default void ranged() {}

    /**
     * A write transaction has ended.
     *
     * @param puts how many there were
     * @param deletes how many ranges were deleted, whatever was in them
     * @param ranges how many were read
     * @param putBytes length of the keys and values that were put
     */
    default void written(int puts, int deletes, int ranges, long putBytes) {}

    /** A compaction is through with the index. */
    default void indexCompacted(long nanos) {}

    /** A compaction has gone through one batch of records, and deleted some. */
    default void recordsDeleted(long nanos, int records) {}

    /** A compaction is done and durable. */
    default void compacted(long nanos) {}

    /** All buckets have been hashed. */
    default void hashed(long nanos) {}

    /** The history up to a revision has been hashed. */
    default void hashedRevision(long nanos) {}
}
