package io.etcetera.mvcc;

import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.mvcc.watch.Change;
import io.etcetera.mvcc.watch.StoreWatchHub;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store: an index in memory over records in the backend.
 *
 * <p>A write transaction becomes visible in this order: its records, which the backend shows at once; the index that
 * leads to them; the revision; the watchers. A reader goes the other way, revision, index, records, so that whatever it
 * finds is there to the end, with one exception: a compaction may overtake it. The compact revision rises before the
 * index or the records of a compaction go, so a reader that misses a record knows why.
 *
 * <p>The index has one writer at a time: whoever holds {@link #writerLock}, the apply thread from the start to the end
 * of a transaction, or a compaction for a step of the index.
 */
final class RevisionStore implements KvStore {
    private static final Logger log = LoggerFactory.getLogger(RevisionStore.class);

    private final Backend backend;
    private final KeyIndex index;
    private final LeaseBinder leases;
    private final StoreHashes hashes;
    private final Compactor compactor;
    private final StoreWatchHub watchHub;

    /** Fair, so that a compaction with its many short turns does not keep the apply thread out. */
    private final ReentrantLock writerLock = new ReentrantLock(true);

    private volatile long currentRevision;
    private volatile long compactRevision;

    static RevisionStore open(Backend backend, LeaseBinder leases, KvStoreOptions options) {
        KeyIndex index = new KeyIndex();
        StoreLoader loader = new StoreLoader(backend, index, leases);
        loader.load();
        RevisionStore store = new RevisionStore(backend, index, leases, loader, options);
        store.startCompactions(loader);
        return store;
    }

    private RevisionStore(
            Backend backend, KeyIndex index, LeaseBinder leases, StoreLoader loaded, KvStoreOptions options) {
        this.backend = backend;
        this.index = index;
        this.leases = leases;
        this.currentRevision = loaded.currentRevision();
        this.compactRevision = loaded.compactRevision();
        this.hashes = new StoreHashes(this, backend);
        this.compactor = new Compactor(backend, index, writerLock, hashes, options);
        this.watchHub = new StoreWatchHub(new StoreHistory(this, backend), options.watch(), options.threads());
    }

    private void startCompactions(StoreLoader loaded) {
        try {
            compactor.start();
        } catch (RuntimeException | Error e) {
            watchHub.close();
            throw e;
        }
        if (loaded.hasUnfinishedCompaction()) {
            compactor.add(new Compactor.Order(loaded.compactRevision(), loaded.finishedCompactRevision(), false));
            log.atInfo()
                    .addKeyValue("scheduled-compact-revision", loaded.compactRevision())
                    .log("resume scheduled compaction");
        }
    }

    @Override
    public long currentRevision() {
        return currentRevision;
    }

    @Override
    public long compactRevision() {
        return compactRevision;
    }

    /** What readers see of the index. */
    KeyIndex.View publishedIndex() {
        return index.published();
    }

    @Override
    public RangeResult range(KeyRange range, RangeOptions options) throws RevisionException {
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

    @Override
    public WriteTxn write() {
        if (writerLock.isHeldByCurrentThread()) {
            throw new IllegalStateException("this thread has a write transaction open");
        }
        writerLock.lock();
        return new StoreTxn(this, backend, index, leases);
    }

    /** End of a write transaction, by the thread that began it. */
    void finish(long revision, List<Change> changes) {
        try {
            if (!changes.isEmpty()) {
                index.publish();
                currentRevision = revision;
                watchHub.written(revision, changes);
            }
        } finally {
            writerLock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> compact(long revision) throws RevisionException {
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

    @Override
    public CompletionStage<Void> compactionsDone() {
        return compactor.allDone();
    }

    @Override
    public KvHashResult hash(long revision) throws RevisionException, InterruptedException {
        return hashes.at(revision);
    }

    @Override
    public int hash() throws InterruptedException {
        return hashes.ofAllBuckets();
    }

    @Override
    public CompletionStage<Void> defragment() {
        return backend.defragment();
    }

    @Override
    public long sizeBytes() {
        return backend.sizeBytes();
    }

    @Override
    public long sizeInUseBytes() {
        return backend.sizeInUseBytes();
    }

    @Override
    public WatchHub watchHub() {
        return watchHub;
    }

    @Override
    public void close() {
        compactor.close();
        watchHub.close();
        backend.close();
    }
}
