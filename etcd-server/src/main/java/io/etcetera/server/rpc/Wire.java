package io.etcetera.server.rpc;

/**
 * The few pieces of protobuf's wire format that answers are put together from by hand. All methods write at a position
 * and return the next one.
 */
public final class Wire {
    /** Most bytes that a varint takes. */
    public static final int MAX_VARINT = 10;

    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private Wire() {}

    /** Tag of a varint field. Field numbers up to 15 only: one byte. */
    static byte varintTag(int field) {
        return (byte) (field << 3 | VARINT);
    }

    /** Tag of a length-delimited field. Field numbers up to 15 only: one byte. */
    static byte bytesTag(int field) {
        return (byte) (field << 3 | LENGTH_DELIMITED);
    }

    static int varintSize(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value)) / 7);
    }

    /** Size of an integer field, which is left out when 0. */
    public static int fieldSize(long value) {
        return value == 0 ? 0 : 1 + varintSize(value);
    }

    /** Size of a length-delimited field with {@code length} bytes inside. */
    public static long bytesFieldSize(long length) {
        return 1 + varintSize(length) + length;
    }

    static int putVarint(byte[] target, int position, long value) {
        int at = position;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[at++] = (byte) rest;
        return at;
    }

    /** Writes an integer field, nothing if it is 0. */
    public static int putField(byte[] target, int position, int field, long value) {
        if (value == 0) {
            return position;
        }
        target[position] = varintTag(field);
        return putVarint(target, position + 1, value);
    }

    /** Writes tag and length of a length-delimited field. */
    public static int putBytesPrefix(byte[] target, int position, int field, long length) {
        target[position] = bytesTag(field);
        return putVarint(target, position + 1, length);
    }
}
