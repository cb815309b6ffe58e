package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.StoreListener;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.mvcc.watch.Change;
import io.etcetera.mvcc.watch.HistorySource;
import io.etcetera.mvcc.watch.WriteListener;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One content of the store: an index in memory over records in the backend.
 *
 * <p>A write transaction becomes visible in this order: its records, which the backend shows at once; the index that
 * leads to them; the revision; the watchers. A reader goes the other way, revision, index, records, so that whatever it
 * finds is there to the end, with one exception: a compaction may overtake it. The compact revision rises before the
 * index or the records of a compaction go, so a reader that misses a record knows why.
 *
 * <p>The index has one writer at a time: whoever holds {@link #writerLock}, the apply thread from the start to the end
 * of a transaction, or a compaction for a step of the index.
 */
final class RevisionStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RevisionStore.class);

    private final Backend backend;
    private final KeyIndex index;
    private final LeaseBinder leases;
    private final StoreHashes hashes;
    private final Compactor compactor;
    private final WriteListener watchers;
    private final StoreHistory history;
    private final StoreListener listener;
    private final Compactor.@Nullable Order unfinished;

    /** Fair, so that a compaction with its many short turns does not keep the apply thread out. */
    private final ReentrantLock writerLock = new ReentrantLock(true);

    private volatile long currentRevision;
    private volatile long compactRevision;

    /**
     * Loads what is in a backend.
     *
     * @param loading told of each live key with a lease before this returns
     * @param leases keeps track of them afterwards
     * @param watchers told of each write
     * @param cancelled asked again and again while this loads: true ends it
     * @throws java.util.concurrent.CancellationException if it was ended so
     */
    static RevisionStore load(
            Backend backend,
            LeaseBinder loading,
            LeaseBinder leases,
            WriteListener watchers,
            KvStoreOptions options,
            BooleanSupplier cancelled) {
        KeyIndex index = new KeyIndex();
        StoreLoader loader = new StoreLoader(StoredRecords.of(backend), index, loading);
        loader.load(cancelled);
        return new RevisionStore(backend, index, leases, watchers, loader, options);
    }

    private RevisionStore(
            Backend backend,
            KeyIndex index,
            LeaseBinder leases,
            WriteListener watchers,
            StoreLoader loaded,
            KvStoreOptions options) {
        this.backend = backend;
        this.index = index;
        this.leases = leases;
        this.watchers = watchers;
        this.unfinished = loaded.hasUnfinishedCompaction()
                ? new Compactor.Order(loaded.compactRevision(), loaded.finishedCompactRevision(), false)
                : null;
        this.currentRevision = loaded.currentRevision();
        this.compactRevision = loaded.compactRevision();
        this.listener = options.listener();
        this.hashes = new StoreHashes(this, backend, options);
        this.history = new StoreHistory(this, backend);
        this.compactor = new Compactor(backend, index, writerLock, hashes, options);
    }

    /** Begins the work in the background: goes on with a compaction that was not finished. */
    void start() {
        compactor.start();
        if (unfinished != null) {
            compactor.add(unfinished);
            log.atInfo()
                    .addKeyValue("scheduled-compact-revision", unfinished.revision())
                    .log("resume scheduled compaction");
        }
    }

    long currentRevision() {
        return currentRevision;
    }

    long compactRevision() {
        return compactRevision;
    }

    /** How many keys there are now. */
    long liveKeys() {
        return index.liveKeys();
    }

    /** What readers see of the index. */
    KeyIndex.View publishedIndex() {
        return index.published();
    }

    RangeResult range(KeyRange range, RangeOptions options) throws RevisionException {
        listener.ranged();
        while (true) {
            long current = currentRevision;
            long at = options.revision() <= 0 ? current : options.revision();
            KeyIndex.View view = index.published();
            RangeResult result = read(view, range, options, at, current);
            if (result != null) {
                return result;
            }
            if (options.revision() > 0) {
                throw new RevisionException(Kind.COMPACTED);
            }
            // Newer writes and a compaction have overtaken a read of what was current when it began.
        }
    }

    /** Null if {@code at} has been compacted. */
    @Nullable
    RangeResult read(KeyIndex.View view, KeyRange range, RangeOptions options, long at, long current)
            throws RevisionException {
        if (at > current) {
            throw new RevisionException(Kind.FUTURE);
        }
        if (at < compactRevision) {
            return null;
        }
        try (RecordReader records = backend.reader()) {
            RangeResult result = new RangeReader(view, records, at, options).read(range, current);
            if (result == null && at >= compactRevision) {
                throw new CorruptStoreException("the store lacks a record of a version that was current at revision "
                        + at + "; replace this member's data with a snapshot or let the member join anew");
            }
            return result;
        }
    }

    WriteTxn write() {
        if (writerLock.isHeldByCurrentThread()) {
            throw new IllegalStateException("this thread has a write transaction open");
        }
        writerLock.lock();
        return new StoreTxn(this, backend, index, leases, listener);
    }

    /** End of a write transaction, by the thread that began it. */
    void finish(long revision, List<Change> changes) {
        try {
            if (!changes.isEmpty()) {
                index.publish();
                currentRevision = revision;
                watchers.written(revision, changes);
            }
        } finally {
            writerLock.unlock();
        }
    }

    CompletionStage<Void> compact(long revision) throws RevisionException {
        if (revision <= compactRevision) {
            throw new RevisionException(Kind.COMPACTED);
        }
        if (revision > currentRevision) {
            throw new RevisionException(Kind.FUTURE);
        }
        Compactor.Order order = new Compactor.Order(revision, compactRevision, areCompactionsFinished());
        backend.put(Bucket.META, MetaKeys.SCHEDULED_COMPACT_REV.key(), RevisionKey.of(revision, 0));
        compactRevision = revision;
        return compactor.add(order);
    }

    private boolean areCompactionsFinished() {
        byte[] scheduled = backend.get(Bucket.META, MetaKeys.SCHEDULED_COMPACT_REV.key());
        byte[] finished = backend.get(Bucket.META, MetaKeys.FINISHED_COMPACT_REV.key());
        return Arrays.equals(scheduled, finished);
    }

    CompletionStage<Void> compactionsDone() {
        return compactor.allDone();
    }

    KvHashResult hash(long revision) throws RevisionException, InterruptedException {
        return hashes.at(revision);
    }

    List<KvHash> compactionHashes() {
        return hashes.remembered();
    }

    int hash() throws InterruptedException {
        return hashes.ofAllBuckets();
    }

    HistorySource history() {
        return history;
    }

    /** Stops the work in the background. Idempotent. */
    @Override
    public void close() {
        compactor.close();
    }
}
