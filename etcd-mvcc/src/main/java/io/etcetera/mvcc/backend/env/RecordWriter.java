package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.backend.buffer.RevisionRun;
import io.etcetera.mvcc.backend.buffer.WriteBuffer;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.util.Map;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.PutFlags;
import org.lmdbjava.Txn;

/** Writes records to an environment, behind their checksums and with their tails. One thread at a time. */
final class RecordWriter {
    private static final PutFlags[] APPEND = {PutFlags.MDB_APPEND};
    private static final PutFlags[] ANYWHERE = {};

    private final LmdbEnv env;
    private final boolean hasTails;
    private final NativeSlice keyScratch = NativeSlice.scratch(LongKeys.STORED_LENGTH);
    private final RecordChecksum checksum = new RecordChecksum();

    RecordWriter(LmdbEnv env, int pageBytes) {
        this.env = env;
        this.hasTails = pageBytes == RecordTails.PAGE_BYTES;
    }

    /** Writes all that a buffer holds. */
    void write(Txn<NativeSlice> txn, WriteBuffer buffer) {
        appendRevisions(txn, buffer.revisions());
        for (Bucket bucket : Bucket.values()) {
            apply(txn, bucket, buffer.overlay(bucket));
        }
        if (buffer.consistentIndex() >= 0) {
            try (Cursor<NativeSlice> cursor = env.database(Bucket.META).openCursor(txn)) {
                byte[] index = MetaKeys.encodeLong(buffer.consistentIndex());
                put(cursor, Bucket.META, MetaKeys.CONSISTENT_INDEX.key(), index, ANYWHERE);
                put(cursor, Bucket.META, MetaKeys.TERM.key(), MetaKeys.encodeLong(buffer.term()), ANYWHERE);
            }
        }
    }

    /** New revisions nearly always lie behind all on disk, where LMDB can append without searching and fill its pages. */
    private void appendRevisions(Txn<NativeSlice> txn, RevisionRun run) {
        int size = run.size();
        if (size == 0) {
            return;
        }
        try (Cursor<NativeSlice> cursor = env.database(Bucket.KEY).openCursor(txn)) {
            boolean append = !cursor.last() || cursor.key().compareTo(run.key(0)) < 0;
            for (int i = 0; i < size; i++) {
                if (append) {
                    put(cursor, Bucket.KEY, run.key(i), run.value(i), APPEND);
                } else {
                    replace(cursor, Bucket.KEY, run.key(i), run.value(i));
                }
            }
        }
    }

    private void apply(Txn<NativeSlice> txn, Bucket bucket, Map<byte[], byte[]> overlay) {
        if (overlay.isEmpty()) {
            return;
        }
        try (Cursor<NativeSlice> cursor = env.database(bucket).openCursor(txn)) {
            for (Map.Entry<byte[], byte[]> entry : overlay.entrySet()) {
                if (entry.getValue() == WriteBuffer.DELETED) {
                    delete(cursor, bucket, entry.getKey());
                } else {
                    replace(cursor, bucket, entry.getKey(), entry.getValue());
                }
            }
        }
    }

    private void replace(Cursor<NativeSlice> cursor, Bucket bucket, byte[] key, byte[] value) {
        if (bucket == Bucket.KEY) {
            delete(cursor, bucket, key); // what is put might have no tail, and what is there one
        }
        put(cursor, bucket, key, value, ANYWHERE);
    }

    private void put(Cursor<NativeSlice> cursor, Bucket bucket, byte[] key, byte[] value, PutFlags[] flags) {
        int length = RecordChecksum.BYTES + value.length;
        int tail = hasTails ? RecordTails.bytes(bucket, length) : 0;
        int first = checksum.of(bucket, key, value);
        cursor.reserve(keyScratch.set(key), length - tail, flags).fill(first, value, value.length - tail);
        if (tail > 0) {
            byte[] tailKey = RecordTails.key(key);
            cursor.reserve(keyScratch.set(tailKey), tail, flags).fill(value, value.length - tail, tail);
        }
    }

    /** Deletes what stands under a key, and its tail; nothing if nothing does. */
    void delete(Cursor<NativeSlice> cursor, Bucket bucket, byte[] key) {
        if (!cursor.get(keyScratch.set(key), GetOp.MDB_SET)) {
            return;
        }
        boolean mayHaveTail = RecordTails.mayFollow(bucket, cursor.val().length());
        cursor.delete();
        if (mayHaveTail && cursor.get(keyScratch.set(RecordTails.key(key)), GetOp.MDB_SET)) {
            cursor.delete();
        }
    }
}
