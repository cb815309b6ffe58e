package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import java.util.Objects;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;

/**
 * Goes through a bucket within a transaction. Records are copied to the same two arrays one after the other, verified,
 * and read from there: one copy and the checksum cost less than decoding a record in place byte by byte. One thread.
 */
public final class LmdbCursor implements AutoCloseable {
    private static final int FIRST_CAPACITY = 4_096;

    private final Cursor<NativeSlice> cursor;
    private final Bucket bucket;
    private final NativeSlice seekKey;
    private final RecordChecksum checksum;
    private final LmdbErrors errors;

    private final View key = new View(LongKeys.STORED_LENGTH);
    private final View value = new View(FIRST_CAPACITY);

    /** Takes over {@code cursor}; what else it is given it shares with others of its transaction. */
    LmdbCursor(
            Cursor<NativeSlice> cursor,
            Bucket bucket,
            NativeSlice seekKey,
            RecordChecksum checksum,
            LmdbErrors errors) {
        this.cursor = cursor;
        this.bucket = bucket;
        this.seekKey = seekKey;
        this.checksum = checksum;
        this.errors = errors;
    }

    /** Goes to the first key that is not below {@code from}; false if there is none. */
    public boolean seek(byte[] from) {
        try {
            return from.length == 0 ? cursor.first() : cursor.get(seekKey.set(from), GetOp.MDB_SET_RANGE);
        } catch (RuntimeException e) {
            throw errors.translate("read", e);
        }
    }

    public boolean next() {
        try {
            return cursor.next();
        } catch (RuntimeException e) {
            throw errors.translate("read", e);
        }
    }

    /** Compares the key here with another. */
    public int compareKey(byte[] other) {
        return cursor.key().compareTo(other);
    }

    /**
     * Brings the record here to {@link #key()} and {@link #value()}.
     *
     * @throws io.etcetera.mvcc.CorruptStoreException if it does not match its checksum
     */
    public void load() {
        NativeSlice stored = cursor.val();
        key.fill(cursor.key(), 0);
        if (stored.length() < RecordChecksum.BYTES) {
            throw errors.damaged(bucket, key.toArray());
        }
        value.fill(stored, RecordChecksum.BYTES);
        if (checksum.of(bucket, key.bytes, key.length, value.bytes, value.length) != stored.firstInt()) {
            throw errors.damaged(bucket, key.toArray());
        }
    }

    /**
     * Brings the key here to {@link #key()}, and of the record only its size to {@link #value()}: it is not read, so a large one costs
     * as little as a small one.
     *
     * @throws io.etcetera.mvcc.CorruptStoreException if it is too short for a checksum
     */
    void loadSize() {
        NativeSlice stored = cursor.val();
        key.fill(cursor.key(), 0);
        if (stored.length() < RecordChecksum.BYTES) {
            throw errors.damaged(bucket, key.toArray());
        }
        value.setLength(stored.length() - RecordChecksum.BYTES);
    }

    /** The key of what {@link #load} has brought, until its next call. */
    public ByteView key() {
        return key;
    }

    /** The value of what {@link #load} has brought, until its next call. */
    public ByteView value() {
        return value;
    }

    @Override
    public void close() {
        cursor.close();
    }

    /** The first bytes of an array that grows with what it must hold. */
    private static final class View implements ByteView {
        private byte[] bytes;
        private int length;

        View(int capacity) {
            bytes = new byte[capacity];
        }

        /** Takes over the bytes of a slice behind its first {@code skipped}. */
        void fill(NativeSlice slice, int skipped) {
            setLength(slice.length() - skipped);
            slice.copy(skipped, bytes, length);
        }

        /** Takes on a length, and leaves open which bytes those are. */
        void setLength(int bytesToHold) {
            length = bytesToHold;
            if (length > bytes.length) {
                bytes = new byte[Math.max(length, (int) Math.min(2L * bytes.length, 1 << 30))];
            }
        }

        @Override
        public int length() {
            return length;
        }

        @Override
        public byte at(int index) {
            return bytes[Objects.checkIndex(index, length)];
        }

        @Override
        public void copy(int from, byte[] target, int targetFrom, int count) {
            Objects.checkFromIndexSize(from, count, length);
            System.arraycopy(bytes, from, target, targetFrom, count);
        }
    }
}
