package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.IncomingStore;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The revisioned store. One thread, the apply thread, writes ({@link #write}, {@link #compact}); any number of threads
 * read and never wait for it or for one another. Opened by {@link io.etcetera.mvcc.revision.ReplaceableStore#open}.
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
     * Drops history below {@code revision}: at once for readers, in the background on disk, in small batches. Apply
     * thread, inside an entry of the backend.
     *
     * @return completes when the background work is done and durable; completes exceptionally only if the store fails or
     *     is closed before
     * @throws RevisionException COMPACTED if {@code revision} is not above the last one, FUTURE if it is not reached
     */
    CompletionStage<Void> compact(long revision) throws RevisionException;

    /** Completes when every compaction asked for so far is done and durable. */
    CompletionStage<Void> compactionsDone();

    /**
     * Hashes the history of all keys up to a revision, as etcd does, so that members and releases can be compared. Takes a
     * pass over all records and holds up nobody else; blocks the caller, who must not be the apply thread. The hash that a
     * compaction has computed at its own revision is given at once; it names the compact revision before that one.
     *
     * @param revision 0 means the current one
     * @throws RevisionException COMPACTED if {@code revision} is positive and below the compact revision and no
     *     compaction's, FUTURE if it is not reached
     * @throws InterruptedException if the thread is interrupted, the only way to end this early
     */
    KvHashResult hash(long revision) throws RevisionException, InterruptedException;

    /**
     * The hashes that compactions have computed since the store was opened, those of the newest ten, newest first. Each
     * names the compact revision before its own.
     */
    List<KvHash> compactionHashes();

    /**
     * Hashes all buckets, but for what each member keeps for itself alone: the CRC-32C of name, keys and values of each
     * bucket. As {@link #hash(long)}, takes long and blocks.
     */
    int hash() throws InterruptedException;

    /**
     * Rewrites the store's file without its free pages, while reads and writes go on. Those asked for at the same time
     * are done one after the other.
     *
     * @return completes once the new file is in use; completes exceptionally with {@link DefragmentationException} if
     *     the store goes on with the file that it has, with {@link StoreFailedException} if the store has failed
     */
    CompletionStage<Void> defragment();

    /**
     * Loads what came in from another member, beside what is in use, which is not touched: for a while there are two
     * indexes in memory. Takes as long as opening such a store; any thread.
     *
     * @param incoming is the returned one's from here on, to be closed with it; if this throws, with the caller
     * @param leases told of each live key with a lease before this returns, instead of the binder that the store has
     * @throws CorruptStoreException if a record cannot be read
     * @throws InterruptedException if the thread is interrupted
     */
    PreparedStore prepare(IncomingStore incoming, LeaseBinder leases) throws InterruptedException;

    /**
     * Puts a store that was prepared by this one in the place of the present content, durably. Apply thread, outside of
     * entries. Readers that have begun go on with what they have; those who come later find the new content, which holds
     * all that the old one held but for what was compacted. Watchers stay: they are given what they have not seen yet.
     * Compactions under way are given up, and those of the new content gone on with; whoever waits for one waits for
     * these.
     *
     * @throws StoreFailedException if it cannot be put in place; the member must end
     */
    void install(PreparedStore prepared);

    /** Bytes that the store's file takes: all pages in use or free for reuse. */
    long sizeBytes();

    /** Bytes of pages that hold data. */
    long sizeInUseBytes();

    /** How many keys there are at the current revision. */
    long liveKeys();

    /** How many reads of the file are under way. */
    int openReads();

    /** Where watchers register. */
    WatchHub watchHub();

    /** Stops background work and the committer after a last durable commit. Idempotent. */
    @Override
    void close();
}
