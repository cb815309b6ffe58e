package io.etcetera.mvcc.schema;

import io.etcetera.mvcc.CorruptStoreException;

/**
 * Decodes a record of {@link Bucket#KEY} but for its value, which is skipped without being touched. Made to be reused:
 * {@link #decode} overwrites what the last call found. Fields may come in any order and unknown ones are skipped, as
 * protobuf demands. Not thread-safe.
 */
public final class RecordHeader {
    private static final int WIRE_VARINT = 0;
    private static final int WIRE_FIXED64 = 1;
    private static final int WIRE_BYTES = 2;
    private static final int WIRE_FIXED32 = 5;
    private static final int MAX_VARINT_SHIFT = 63;

    private int keyOffset;
    private int keyLength;
    private int valueOffset;
    private int valueLength;
    private long createRevision;
    private long modRevision;
    private long version;
    private long lease;
    private int at;

    /** Reads everything but the value. Throws {@link CorruptStoreException} if it is not a KeyValue. */
    public void decode(ByteView record) {
        keyOffset = 0;
        keyLength = 0;
        valueOffset = 0;
        valueLength = 0;
        createRevision = 0;
        modRevision = 0;
        version = 0;
        lease = 0;
        at = 0;
        int end = record.length();
        try {
            while (at < end) {
                field(record, (int) varint(record));
            }
        } catch (IndexOutOfBoundsException e) {
            throw new CorruptStoreException("a record of bucket key ends early", e);
        }
        if (at != end) {
            throw new CorruptStoreException("a record of bucket key ends early");
        }
    }

    private void field(ByteView record, int tag) {
        switch (tag) {
            case KeyValueCodec.TAG_KEY -> {
                keyLength = lengthPrefix(record);
                keyOffset = at;
                at += keyLength;
            }
            case KeyValueCodec.TAG_CREATE_REVISION -> createRevision = varint(record);
            case KeyValueCodec.TAG_MOD_REVISION -> modRevision = varint(record);
            case KeyValueCodec.TAG_VERSION -> version = varint(record);
            case KeyValueCodec.TAG_VALUE -> {
                valueLength = lengthPrefix(record);
                valueOffset = at;
                at += valueLength;
            }
            case KeyValueCodec.TAG_LEASE -> lease = varint(record);
            default -> skip(record, tag);
        }
    }

    private void skip(ByteView record, int tag) {
        switch (tag & 7) {
            case WIRE_VARINT -> varint(record);
            case WIRE_FIXED64 -> at += Long.BYTES;
            case WIRE_BYTES -> {
                int length = lengthPrefix(record);
                at += length;
            }
            case WIRE_FIXED32 -> at += Integer.BYTES;
            default -> throw new CorruptStoreException("a record of bucket key has a field of tag " + tag);
        }
    }

    private int lengthPrefix(ByteView record) {
        long length = varint(record);
        if (length < 0 || length > record.length() - at) {
            throw new CorruptStoreException("a record of bucket key ends early");
        }
        return (int) length;
    }

    private long varint(ByteView record) {
        byte first = record.at(at++);
        if (first >= 0) {
            return first;
        }
        long value = first & 0x7f;
        for (int shift = 7; shift <= MAX_VARINT_SHIFT; shift += 7) {
            byte next = record.at(at++);
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new CorruptStoreException("a record of bucket key has a number of more than 64 bits");
    }

    /** Where the key begins in the record. */
    public int keyOffset() {
        return keyOffset;
    }

    public int keyLength() {
        return keyLength;
    }

    /** Where the value begins in the record. */
    public int valueOffset() {
        return valueOffset;
    }

    public int valueLength() {
        return valueLength;
    }

    public long createRevision() {
        return createRevision;
    }

    public long modRevision() {
        return modRevision;
    }

    public long version() {
        return version;
    }

    /** 0 if none. */
    public long lease() {
        return lease;
    }
}
