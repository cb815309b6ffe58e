package io.etcetera.mvcc;

import java.util.concurrent.CompletionStage;

/**
 * The revisioned store. One thread, the apply thread, writes ({@link #write}, {@link #compact}); any number of threads
 * read and never wait for it or for one another.
 */
public interface KvStore extends AutoCloseable {

    /** Main revision of the latest write; 1 for an empty store. */
    long currentRevision();

    /** Revision up to which history has been dropped; -1 if never. */
    long compactRevision();

    /** Reads a range at one revision. */
    RangeResult range(KeyRange range, RangeOptions options) throws RevisionException;

    /** Starts a write transaction. Apply thread only; one at a time. */
    WriteTxn write();

    /**
     * Drops history below {@code revision}: at once for readers, in the background on disk, in small batches.
     *
     * @return completes when the background work is done and durable; completes exceptionally only if the store fails
     * @throws RevisionException COMPACTED if {@code revision} is not above the last one, FUTURE if it is not reached
     */
    CompletionStage<Void> compact(long revision) throws RevisionException;

    /** Completes when every compaction asked for so far is done and durable. */
    CompletionStage<Void> compactionsDone();

    /** Bytes that the store's file takes: all pages in use or free for reuse. */
    long sizeBytes();

    /** Bytes of pages that hold data. */
    long sizeInUseBytes();

    /** Where watchers register. */
    WatchHub watchHub();

    /** Stops background work and the committer after a last durable commit. Idempotent. */
    @Override
    void close();
}
