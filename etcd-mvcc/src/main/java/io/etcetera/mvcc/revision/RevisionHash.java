package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.backend.CommittedView;
import io.etcetera.mvcc.index.IndexEntry;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;

/**
 * Hashes the history up to one revision in one pass over the records. What a compaction at that revision would keep, the
 * version of each key that is alive there, is asked of the index record by record instead of being gathered first, which
 * would take memory for every key. One thread, once.
 */
public final class RevisionHash {
    private static final KeyRange ALL_KEYS = KeyRange.of(new byte[] {0}, new byte[] {0});

    private final KeyIndex.View view;
    private final long revision;
    private final long compactRevision;
    private final long keptAt;
    private final RecordHasher hasher;
    private final RecordHeader header = new RecordHeader();
    private final IndexEntry entry = new IndexEntry();

    /**
     * For one hash.
     *
     * @param view knows every version that is alive at {@code revision} or {@code compactRevision}
     * @param revision below the compact revision only if negative, where there is nothing
     */
    public RevisionHash(KeyIndex.View view, long revision, long compactRevision) {
        this.view = view;
        this.revision = revision;
        this.compactRevision = compactRevision;
        // When no key is alive at the revision, etcd takes whatever compaction has left of what is older. By the end of
        // the compaction, that is what was alive at the compact revision.
        this.keptAt = view.count(ALL_KEYS, revision) > 0 ? revision : compactRevision;
        this.hasher = new RecordHasher(revision, compactRevision);
    }

    /**
     * Hashes what is in these records.
     *
     * @param records hold all that was written up to the revision, but for what the compaction has deleted
     */
    public KvHash of(CommittedView records) throws InterruptedException {
        records.scan(Bucket.KEY, this::add);
        return hasher.result();
    }

    private boolean add(ByteView key, ByteView record) {
        RevisionKey.check(key);
        long main = RevisionKey.main(key);
        if (main > revision) {
            return false;
        }
        hasher.add(key, record, main > compactRevision || isKept(main, RevisionKey.sub(key), record));
        return true;
    }

    private boolean isKept(long main, long sub, ByteView record) {
        header.decode(record);
        byte[] userKey = record.toArray(header.keyOffset(), header.keyLength());
        return view.get(userKey, keptAt, entry) && entry.modMain() == main && entry.modSub() == sub;
    }
}
