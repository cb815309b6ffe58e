package io.etcetera.mvcc.bolt;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers of bbolt's file format, version 2, as bbolt 1.3 to 1.5 write it on little-endian machines. The file is an array
 * of pages. A page begins with its ID (8 bytes), flags (2), number of elements (2) and number of further pages that it
 * spans (4). Elements follow, then the bytes they point to, each at an offset from the start of its element: in a branch
 * offset (4), key size (4), child (8); in a leaf flags (4), offset (4), key size (4), value size (4).
 */
final class BoltFormat {
    static final int MAGIC = 0xED0CDAED;
    static final int VERSION = 2;

    static final int PAGE_HEADER_BYTES = 16;
    static final int ELEMENT_BYTES = 16;

    /** Root page (8 bytes) and sequence (8); if the root is 0, the image of a leaf follows in the same value. */
    static final int BUCKET_HEADER_BYTES = 16;

    static final int BRANCH = 0x01;
    static final int LEAF = 0x02;
    static final int META = 0x04;

    /** Flag of a leaf's element whose value is a bucket. */
    static final int BUCKET = 0x01;

    /** Stands for the free list's page where there is none; etcd never writes the list. */
    static final long NO_FREELIST = -1;

    /** Meta pages, at the start of the file. */
    static final int META_PAGES = 2;

    static final int SMALLEST_PAGE_BYTES = 1 << 10;
    static final int LARGEST_PAGE_BYTES = 1 << 16;

    /** Longest key that bbolt takes. */
    static final int MAX_KEY_BYTES = 32768;

    /** Most elements that the header of a page can count. */
    static final int MAX_ELEMENTS = 0xFFFF;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private BoltFormat() {}

    static int u16(byte[] bytes, int at) {
        return (short) SHORTS.get(bytes, at) & 0xFFFF;
    }

    static int i32(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    static long u32(byte[] bytes, int at) {
        return i32(bytes, at) & 0xFFFF_FFFFL;
    }

    static long i64(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    static void putU16(byte[] bytes, int at, int value) {
        SHORTS.set(bytes, at, (short) value);
    }

    static void putI32(byte[] bytes, int at, int value) {
        INTS.set(bytes, at, value);
    }

    static void putI64(byte[] bytes, int at, long value) {
        LONGS.set(bytes, at, value);
    }
}
