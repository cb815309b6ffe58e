package io.etcetera.mvcc.schema;

/**
 * Writes records of {@link Bucket#KEY}, {@code mvccpb.KeyValue} messages, straight into one array: fields in the order
 * of their numbers, defaults left out, which is byte for byte what Go's protobuf writes for the same message.
 */
public final class KeyValueCodec {
    static final int TAG_KEY = (1 << 3) | 2;
    static final int TAG_CREATE_REVISION = 2 << 3;
    static final int TAG_MOD_REVISION = 3 << 3;
    static final int TAG_VERSION = 4 << 3;
    static final int TAG_VALUE = (5 << 3) | 2;
    static final int TAG_LEASE = 6 << 3;

    private static final byte[] NONE = {};

    private KeyValueCodec() {}

    /** A live version. */
    public static byte[] encode(
            byte[] key, long createRevision, long modRevision, long version, byte[] value, long lease) {
        int size = sizeOf(key)
                + sizeOf(createRevision)
                + sizeOf(modRevision)
                + sizeOf(version)
                + sizeOf(value)
                + sizeOf(lease);
        byte[] record = new byte[size];
        int at = putBytes(record, 0, TAG_KEY, key);
        at = putLong(record, at, TAG_CREATE_REVISION, createRevision);
        at = putLong(record, at, TAG_MOD_REVISION, modRevision);
        at = putLong(record, at, TAG_VERSION, version);
        at = putBytes(record, at, TAG_VALUE, value);
        at = putLong(record, at, TAG_LEASE, lease);
        assert at == size;
        return record;
    }

    /** What the index alone knows of a version: no value, no lease. */
    public static byte[] encodeWithoutValue(byte[] key, long createRevision, long modRevision, long version) {
        return encode(key, createRevision, modRevision, version, NONE, 0);
    }

    /** A tombstone: nothing but the key. */
    public static byte[] encodeTombstone(byte[] key) {
        byte[] record = new byte[sizeOf(key)];
        putBytes(record, 0, TAG_KEY, key);
        return record;
    }

    private static int sizeOf(byte[] bytes) {
        return bytes.length == 0 ? 0 : 1 + varintSize(bytes.length) + bytes.length;
    }

    private static int sizeOf(long value) {
        return value == 0 ? 0 : 1 + varintSize(value);
    }

    /** Bytes of the varint of {@code value}, taken as unsigned: 7 bits in each. */
    private static int varintSize(long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
        return (bits + 6) / 7;
    }

    private static int putBytes(byte[] target, int at, int tag, byte[] bytes) {
        if (bytes.length == 0) {
            return at;
        }
        target[at] = (byte) tag;
        int next = putVarint(target, at + 1, bytes.length);
        System.arraycopy(bytes, 0, target, next, bytes.length);
        return next + bytes.length;
    }

    private static int putLong(byte[] target, int at, int tag, long value) {
        if (value == 0) {
            return at;
        }
        target[at] = (byte) tag;
        return putVarint(target, at + 1, value);
    }

    private static int putVarint(byte[] target, int at, long value) {
        int next = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            target[next++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        target[next++] = (byte) rest;
        return next;
    }
}
