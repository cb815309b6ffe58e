package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Rebuilds what the store keeps in memory from its records, in one scan in revision order. Used once, by one thread.
 */
public final class StoreLoader {
    /** Revision of a store that has never been written to. */
    private static final long FIRST_REVISION = 1;

    private static final long NEVER = -1;

    private final StoredRecords records;
    private final KeyIndex index;
    private final LeaseBinder leases;

    private final RecordHeader header = new RecordHeader();

    /** Lease of each live key that has one, by key. */
    private final Map<byte[], Long> attached = new TreeMap<>(Arrays::compareUnsigned);

    private long lastMain = FIRST_REVISION;
    private long scheduled = NEVER;
    private long finished = NEVER;

    public StoreLoader(StoredRecords records, KeyIndex index, LeaseBinder leases) {
        this.records = records;
        this.index = index;
        this.leases = leases;
    }

    /**
     * Goes through the records.
     *
     * @param cancelled asked at each of them: true ends this
     * @throws CancellationException if it was ended so
     */
    public void load(BooleanSupplier cancelled) {
        scheduled = mark(MetaKeys.SCHEDULED_COMPACT_REV);
        finished = mark(MetaKeys.FINISHED_COMPACT_REV);
        records.forEach((key, value) -> {
            record(key, value);
            if (cancelled.getAsBoolean()) {
                throw new CancellationException("while loading the store");
            }
            return true;
        });
        index.publish();
        attached.forEach((key, lease) -> leases.attach(lease, key));
    }

    private long mark(MetaKeys name) {
        byte[] value = records.meta(name);
        return value == null ? NEVER : name.decodeRevision(value);
    }

    private void record(ByteView revision, ByteView record) {
        RevisionKey.check(revision);
        lastMain = Math.max(lastMain, RevisionKey.main(revision));
        if (record.length() == 0) {
            // etcdutl writes such a record to push the revision on when it restores a snapshot.
            return;
        }
        byte[] key = index(index, header, revision, record);
        if (!RevisionKey.isTombstone(revision) && header.lease() != LeaseBinder.NO_LEASE) {
            attached.put(key, header.lease());
        } else if (!attached.isEmpty()) {
            attached.remove(key);
        }
    }

    /**
     * Adds a record, which comes behind all so far, to an index.
     *
     * @param header left with what the record says
     * @return its key
     */
    public static byte[] index(KeyIndex index, RecordHeader header, ByteView revision, ByteView record) {
        header.decode(record);
        byte[] key = record.toArray(header.keyOffset(), header.keyLength());
        long main = RevisionKey.main(revision);
        long sub = RevisionKey.sub(revision);
        if (RevisionKey.isTombstone(revision)) {
            index.restoreTombstone(key, main, sub);
        } else {
            index.restore(key, main, sub, header.createRevision(), header.version());
        }
        return key;
    }

    /** Revision of the store. */
    public long currentRevision() {
        return Math.max(lastMain, compactRevision());
    }

    /** Revision of the last compaction, finished or not; -1 if there was none. */
    public long compactRevision() {
        return Math.max(scheduled, finished);
    }

    /** Revision of the last compaction that was finished; -1 if there was none. */
    long finishedCompactRevision() {
        return finished;
    }

    boolean hasUnfinishedCompaction() {
        return scheduled > finished;
    }
}
