package io.etcetera.mvcc.index;

import java.util.Arrays;

/** Byte-level helpers of the index: unsigned LEB128 varints and big-endian 16-bit numbers inside arrays. */
final class Bytes {
    /** A varint of 64 bits takes at most this many bytes. */
    static final int MAX_VARINT = 10;

    private Bytes() {}

    static int u16(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    static void putU16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    /** Writes {@code value} as a varint and returns the position behind it. */
    static int putVarint(byte[] bytes, int at, long value) {
        int position = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[position++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[position++] = (byte) rest;
        return position;
    }

    static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    static int commonPrefixLength(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** The shortest key that is above {@code low} and not above {@code high}, for low &lt; high. */
    static byte[] separator(byte[] low, byte[] high) {
        return Arrays.copyOf(high, commonPrefixLength(low, high) + 1);
    }
}
