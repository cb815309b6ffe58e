package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.index.IndexEntry;
import io.etcetera.mvcc.index.KeyCursor;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.KeyValueCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers one range read from one view of the index and the records that it leads to. One thread, once. */
final class RangeReader {
    private final KeyIndex.View view;
    private final RecordReader records;
    private final long atRevision;
    private final RangeOptions options;
    private boolean recordMissing;

    /** @param records made after {@code view}, so that every record of the view is in sight */
    RangeReader(KeyIndex.View view, RecordReader records, long atRevision, RangeOptions options) {
        this.view = view;
        this.records = records;
        this.atRevision = atRevision;
        this.options = options;
    }

    /**
     * Reads.
     *
     * @return null if a record was gone: the revision has been compacted meanwhile, or the store is damaged
     */
    @Nullable
    RangeResult read(KeyRange range, long currentRevision) {
        RangeResult result = range.isSingle() ? single(range.start(), currentRevision) : many(range, currentRevision);
        return recordMissing ? null : result;
    }

    private RangeResult single(byte[] key, long currentRevision) {
        IndexEntry entry = new IndexEntry();
        if (!view.get(key, atRevision, entry)) {
            return new RangeResult(List.of(), 0, currentRevision);
        }
        if (options.countOnly()) {
            return new RangeResult(List.of(), 1, currentRevision);
        }
        StoredKeyValue found = options.withoutRecords() ? bare(key, entry) : stored(entry);
        return new RangeResult(found == null ? List.of() : List.of(found), 1, currentRevision);
    }

    private RangeResult many(KeyRange range, long currentRevision) {
        if (options.countOnly()) {
            return new RangeResult(List.of(), view.count(range, atRevision), currentRevision);
        }
        long limit = options.limit() <= 0 ? Long.MAX_VALUE : options.limit();
        List<StoredKeyValue> found = new ArrayList<>();
        view.range(range, atRevision, key -> found.size() < limit && add(key, found));
        long count = found.size() < limit ? found.size() : view.count(range, atRevision);
        return new RangeResult(found, count, currentRevision);
    }

    private boolean add(KeyCursor key, List<StoredKeyValue> found) {
        StoredKeyValue kv = options.withoutRecords() ? bare(key.key(), key) : stored(key);
        return kv != null && found.add(kv);
    }

    private static StoredKeyValue bare(byte[] key, IndexEntry entry) {
        byte[] encoded = KeyValueCodec.encodeWithoutValue(key, entry.createMain(), entry.modMain(), entry.version());
        return new StoredKeyValue(encoded, entry.createMain(), entry.modMain(), entry.version());
    }

    private @Nullable StoredKeyValue stored(IndexEntry entry) {
        byte[] record = records.get(entry.modMain(), entry.modSub());
        if (record == null) {
            recordMissing = true;
            return null;
        }
        return new StoredKeyValue(record, entry.createMain(), entry.modMain(), entry.version());
    }
}
