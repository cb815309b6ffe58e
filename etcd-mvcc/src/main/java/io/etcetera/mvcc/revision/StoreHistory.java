package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.index.IndexEntry;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.mvcc.watch.Change;
import io.etcetera.mvcc.watch.ChangeVisitor;
import io.etcetera.mvcc.watch.HistorySource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The store's history for its watchers. Any thread. */
final class StoreHistory implements HistorySource {
    /** Bounds of what is read in one read transaction, which is over before the visitor sees any of it. */
    private static final int BATCH_RECORDS = 1_000;

    private static final int BATCH_BYTES = 4 << 20;

    private final RevisionStore store;
    private final Backend backend;

    StoreHistory(RevisionStore store, Backend backend) {
        this.store = store;
        this.backend = backend;
    }

    @Override
    public long currentRevision() {
        return store.currentRevision();
    }

    @Override
    public long compactRevision() {
        return store.compactRevision();
    }

    @Override
    public void changesSince(long fromRevision, long toRevision, ChangeVisitor visitor) throws RevisionException {
        if (fromRevision < store.compactRevision()) {
            throw new RevisionException(Kind.COMPACTED);
        }
        if (toRevision > store.currentRevision()) {
            throw new RevisionException(Kind.FUTURE);
        }
        long main = Math.max(fromRevision, 0);
        long sub = 0;
        while (true) {
            Batch batch = new Batch(toRevision);
            backend.scan(Bucket.KEY, RevisionKey.of(main, sub), batch::add);
            for (Change change : batch.changes) {
                if (!visitor.visit(change)) {
                    return;
                }
            }
            if (!batch.isFull()) {
                return;
            }
            main = batch.lastMain;
            sub = batch.lastSub + 1;
        }
    }

    @Override
    public byte @Nullable [] recordBefore(byte[] key, long main) {
        IndexEntry entry = new IndexEntry();
        if (!store.publishedIndex().get(key, main - 1, entry) || main - 1 < store.compactRevision()) {
            return null;
        }
        try (RecordReader records = backend.reader()) {
            return records.get(entry.modMain(), entry.modSub());
        }
    }

    /** Changes of one read transaction. */
    private static final class Batch {
        private final long toRevision;
        private final RecordHeader header = new RecordHeader();
        private final List<Change> changes = new ArrayList<>();
        private int records;
        private long bytes;
        private long lastMain;
        private long lastSub;

        Batch(long toRevision) {
            this.toRevision = toRevision;
        }

        boolean isFull() {
            return records >= BATCH_RECORDS || bytes >= BATCH_BYTES;
        }

        boolean add(ByteView revision, ByteView record) {
            RevisionKey.check(revision);
            long main = RevisionKey.main(revision);
            if (main > toRevision) {
                return false;
            }
            lastMain = main;
            lastSub = RevisionKey.sub(revision);
            records++;
            bytes += record.length();
            if (record.length() > 0) {
                header.decode(record);
                changes.add(new Change(
                        record.toArray(header.keyOffset(), header.keyLength()),
                        record.toArray(),
                        lastMain,
                        lastSub,
                        RevisionKey.isTombstone(revision),
                        header.createRevision(),
                        header.version()));
            }
            return !isFull();
        }
    }
}
