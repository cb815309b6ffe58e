package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.schema.Bucket;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Ordered buckets of byte strings on disk. Writes go to a buffer that readers see at once; a committer thread makes
 * them durable in batches, each in one LMDB transaction with full sync.
 *
 * <p>A batch holds whole entries only: what is written between {@link #beginEntry()} and {@link #endEntry} becomes
 * durable together, with the consistent index of that entry, or not at all.
 *
 * <p>Each record is kept with a checksum. Whatever reads a record that does not match its own throws {@link
 * io.etcetera.mvcc.CorruptStoreException}, which says which record that is; {@link
 * io.etcetera.mvcc.backend.store.LmdbStore#open} has read all but those of {@link Bucket#KEY}.
 */
public interface Backend extends AutoCloseable {

    /**
     * This backend as long as no other takes its place; afterwards it goes on serving the content that it has, read-only
     * and until it is closed in the background, from when on it throws {@link io.etcetera.mvcc.StoreClosedException}.
     */
    default Backend pinned() {
        return this;
    }

    /** Starts a group of writes that belongs together. Blocks while another thread has one open (moments only). */
    void beginEntry();

    /** Ends the group and records that the log has been applied up to {@code index}, of {@code term}. */
    void endEntry(long index, long term);

    /** Ends the group without moving the consistent index: for background work such as compaction. */
    void endEntry();

    /**
     * Gives up the group, whose author failed half-way. Neither its writes nor anything else that is not on its way to
     * disk yet is ever committed: as after a failed commit, the store takes no more writes.
     */
    void abandonEntry(Throwable cause);

    /** Inside a group: sets a key. Arrays are kept, not copied. */
    void put(Bucket bucket, byte[] key, byte[] value);

    /** Inside a group: removes a key, if it is there. */
    void delete(Bucket bucket, byte[] key);

    /** The newest value of a key, buffered or durable; null if there is none. Any thread. */
    byte @Nullable [] get(Bucket bucket, byte[] key);

    /** Reads records of the {@code key} bucket by revision. Any thread; see there what keeping it open costs. */
    RecordReader reader();

    /**
     * Visits a bucket in key order, beginning with the first key that is not below {@code from}, until the visitor
     * returns false; buffered writes included. For {@link Bucket#KEY}, and other buckets without keys of more than 510
     * bytes. Any thread; holds a read transaction meanwhile, so a long scan should be made in parts.
     */
    void scan(Bucket bucket, byte[] from, EntryVisitor visitor);

    /** Visits a bucket in key order, buffered writes included. Any thread; the visitor must not keep a transaction long. */
    void forEach(Bucket bucket, BiConsumer<byte[], byte[]> visitor);

    /** What the last commit has left on disk; see there what keeping it open costs. Any thread. */
    CommittedView committed();

    /** Index of the last entry whose effects are in the store, durable or buffered; 0 if none. */
    long consistentIndex();

    /** Term of {@link #consistentIndex()}. */
    long consistentTerm();

    /** Makes everything written so far durable, and completes with the consistent index that is now on disk. */
    CompletionStage<Long> commit();

    /**
     * Rewrites the file without its free pages, while reads and writes go on. Those asked for at the same time are done
     * one after the other.
     *
     * @return completes once the new file is in use, on a thread that must not close the store. Completes exceptionally with {@link
     *     io.etcetera.mvcc.DefragmentationException} if the store goes on with the file that it has, because there is
     *     not enough space for a second one or the store is being closed; with {@link
     *     io.etcetera.mvcc.StoreFailedException} if the store has failed
     */
    CompletionStage<Void> defragment();

    /** How far the defragmentation is that is under way. Any thread. */
    CopyProgress defragmentationProgress();

    /** Bytes of all pages of the file, in use or free for reuse. */
    long sizeBytes();

    /** Bytes of pages that hold data. */
    long sizeInUseBytes();

    /** How many read transactions are open. */
    int openReads();

    /** Commits what is buffered and closes the file. Idempotent. */
    @Override
    void close();
}
