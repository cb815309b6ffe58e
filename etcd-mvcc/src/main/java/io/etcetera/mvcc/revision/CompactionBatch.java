package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.ByteView;
import io.etcetera.mvcc.schema.RecordHeader;
import io.etcetera.mvcc.schema.RevisionKey;
import java.util.ArrayList;
import java.util.List;

/**
 * One look of a compaction at some records, in one read transaction: says which are to be deleted, and hashes all on the
 * way. One thread.
 */
final class CompactionBatch {
    private final KeyIndex.View kept;
    private final RecordHasher hasher;
    private final long revision;
    private final int limit;
    private final RecordHeader header = new RecordHeader();
    private final List<byte[]> deletions = new ArrayList<>();
    private int seen;
    private long lastMain;
    private long lastSub;

    /**
     * @param kept the index after its own compaction at {@code revision}
     * @param limit most records to look at
     */
    CompactionBatch(KeyIndex.View kept, RecordHasher hasher, long revision, int limit) {
        this.kept = kept;
        this.hasher = hasher;
        this.revision = revision;
        this.limit = limit;
    }

    /** Looks at the next record; false if the batch has ended. */
    boolean look(ByteView key, ByteView record) {
        RevisionKey.check(key);
        long main = RevisionKey.main(key);
        if (main > revision) {
            return false;
        }
        lastMain = main;
        lastSub = RevisionKey.sub(key);
        seen++;
        boolean isKept = isKept(record);
        if (!isKept) {
            deletions.add(key.toArray());
        }
        hasher.add(key, record, isKept);
        return seen < limit;
    }

    private boolean isKept(ByteView record) {
        if (record.length() == 0) {
            return false;
        }
        header.decode(record);
        return kept.contains(record.toArray(header.keyOffset(), header.keyLength()), lastMain, lastSub);
    }

    /** Keys of the records that the compaction drops. */
    List<byte[]> deletions() {
        return deletions;
    }

    /** Whether there may be more records after these. */
    boolean isFull() {
        return seen == limit;
    }

    /** Where the next batch begins. */
    byte[] next() {
        return RevisionKey.of(lastMain, lastSub + 1);
    }
}
