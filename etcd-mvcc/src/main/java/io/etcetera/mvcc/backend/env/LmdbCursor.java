package io.etcetera.mvcc.backend.env;

import io.etcetera.mvcc.backend.buffer.LongKeys;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.ByteView;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/**
 * Goes through a bucket within a transaction. Records are copied to the same two arrays one after the other, verified,
 * and read from there: one copy and the checksum cost less than decoding a record in place byte by byte. One thread.
 */
public final class LmdbCursor implements AutoCloseable {
    private static final int FIRST_CAPACITY = 4_096;

    private final LmdbEnv env;
    private final Txn<NativeSlice> txn;
    private final Cursor<NativeSlice> cursor;
    private final Bucket bucket;
    private final NativeSlice keyScratch;
    private final RecordChecksum checksum;

    private final View key = new View(LongKeys.STORED_LENGTH);
    private final View value = new View(FIRST_CAPACITY);

    /**
     * @param keyScratch room for a key, shared with others of the transaction
     * @param checksum shared in the same way
     */
    LmdbCursor(LmdbEnv env, Txn<NativeSlice> txn, Bucket bucket, NativeSlice keyScratch, RecordChecksum checksum) {
        this.env = env;
        this.txn = txn;
        this.cursor = env.database(bucket).openCursor(txn);
        this.bucket = bucket;
        this.keyScratch = keyScratch;
        this.checksum = checksum;
    }

    /** Goes to the first key that is not below {@code from}; false if there is none. */
    public boolean seek(byte[] from) {
        try {
            boolean found = from.length == 0 ? cursor.first() : cursor.get(keyScratch.set(from), GetOp.MDB_SET_RANGE);
            return found && checkHead();
        } catch (RuntimeException e) {
            throw env.errors().translate("read", e);
        }
    }

    public boolean next() {
        try {
            boolean mayMeetTail = RecordTails.mayFollow(bucket, cursor.val().length());
            boolean found = cursor.next();
            if (found && mayMeetTail && RecordTails.isTail(bucket, cursor.key())) {
                found = cursor.next();
            }
            return found && checkHead();
        } catch (RuntimeException e) {
            throw env.errors().translate("read", e);
        }
    }

    private boolean checkHead() {
        if (RecordTails.isTail(bucket, cursor.key())) {
            throw env.errors().damaged(bucket, cursor.key().toArray());
        }
        return true;
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
        NativeSlice stored = sound();
        int expected = stored.firstInt();
        int headBytes = stored.length() - RecordChecksum.BYTES;
        value.setLength(headBytes);
        stored.copy(RecordChecksum.BYTES, value.bytes, 0, headBytes);
        NativeSlice tail = tail(stored.length());
        if (tail != null) {
            value.extendTo(headBytes + tail.length());
            tail.copy(0, value.bytes, headBytes, tail.length());
        }
        if (checksum.of(bucket, key.bytes, key.length, value.bytes, value.length) != expected) {
            throw env.errors().damaged(bucket, key.toArray());
        }
    }

    /**
     * Brings the key here to {@link #key()}, and of the record only its size to {@link #value()}: it is not read, so a large one costs
     * as little as a small one.
     *
     * @throws io.etcetera.mvcc.CorruptStoreException if it is too short for a checksum
     */
    void loadSize() {
        int headBytes = sound().length();
        NativeSlice tail = tail(headBytes);
        value.setLength(headBytes - RecordChecksum.BYTES + (tail == null ? 0 : tail.length()));
    }

    /** What stands here, with its key brought to {@link #key()}. */
    private NativeSlice sound() {
        NativeSlice stored = cursor.val();
        NativeSlice storedKey = cursor.key();
        key.setLength(storedKey.length());
        storedKey.copy(0, key.bytes, 0, key.length);
        if (stored.length() < RecordChecksum.BYTES) {
            throw env.errors().damaged(bucket, key.toArray());
        }
        return stored;
    }

    /** The tail of what stands here; null if it has none. */
    private @Nullable NativeSlice tail(int length) {
        if (!RecordTails.mayFollow(bucket, length)) {
            return null;
        }
        try {
            return env.database(bucket).get(txn, keyScratch.set(RecordTails.key(key.toArray())));
        } catch (RuntimeException e) {
            throw env.errors().translate("read", e);
        }
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

        /** Takes on a length, and leaves open which bytes those are. */
        void setLength(int bytesToHold) {
            length = bytesToHold;
            if (length > bytes.length) {
                bytes = new byte[capacityFor(length)];
            }
        }

        /** Takes on a larger length, behind the bytes that are there. */
        void extendTo(int bytesToHold) {
            length = bytesToHold;
            if (length > bytes.length) {
                bytes = Arrays.copyOf(bytes, capacityFor(length));
            }
        }

        private int capacityFor(int bytesToHold) {
            return Math.max(bytesToHold, (int) Math.min(2L * bytes.length, 1 << 30));
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
