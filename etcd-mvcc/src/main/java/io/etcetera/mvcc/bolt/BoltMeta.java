package io.etcetera.mvcc.bolt;

/**
 * What a meta page says of the file. There are two, written in turn, so that one is whole whatever happens: the valid one
 * of the higher transaction counts. Behind the page's header stand magic, version, page size and flags (4 bytes each),
 * root page and sequence of the top bucket, page of the free list, first page never used, transaction (8 bytes each), and
 * the FNV-1a of all that.
 *
 * @param pageBytes size of a page
 * @param root page of the top bucket, whose elements are the named buckets
 * @param highWater first page that was never used; the file holds all before it
 * @param transaction number of the transaction that wrote it
 */
record BoltMeta(int pageBytes, long root, long highWater, long transaction) {
    /** Bytes behind the page's header, checksum included. */
    static final int BYTES = 64;

    private static final int CHECKSUM_AT = BYTES - Long.BYTES;
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** Why the bytes at {@code at} are no meta; empty if they are one. */
    static String fault(byte[] bytes, int at) {
        if (BoltFormat.i32(bytes, at) != BoltFormat.MAGIC) {
            return "has no bbolt magic number";
        }
        if (BoltFormat.i32(bytes, at + 4) != BoltFormat.VERSION) {
            return "has format version " + BoltFormat.u32(bytes, at + 4) + " instead of " + BoltFormat.VERSION;
        }
        if (BoltFormat.i64(bytes, at + CHECKSUM_AT) != fnv1a(bytes, at, CHECKSUM_AT)) {
            return "has a wrong checksum";
        }
        long pageBytes = BoltFormat.u32(bytes, at + 8);
        if (pageBytes < BoltFormat.SMALLEST_PAGE_BYTES
                || pageBytes > BoltFormat.LARGEST_PAGE_BYTES
                || Long.bitCount(pageBytes) != 1) {
            return "has a page size of " + pageBytes;
        }
        return "";
    }

    /** Reads a meta that has no {@link #fault}. */
    static BoltMeta parse(byte[] bytes, int at) {
        return new BoltMeta(
                BoltFormat.i32(bytes, at + 8),
                BoltFormat.i64(bytes, at + 16),
                BoltFormat.i64(bytes, at + 40),
                BoltFormat.i64(bytes, at + 48));
    }

    /** Writes it, without a free list, behind the header of a page. */
    void put(byte[] bytes, int at) {
        BoltFormat.putI32(bytes, at, BoltFormat.MAGIC);
        BoltFormat.putI32(bytes, at + 4, BoltFormat.VERSION);
        BoltFormat.putI32(bytes, at + 8, pageBytes);
        BoltFormat.putI32(bytes, at + 12, 0);
        BoltFormat.putI64(bytes, at + 16, root);
        BoltFormat.putI64(bytes, at + 24, 0);
        BoltFormat.putI64(bytes, at + 32, BoltFormat.NO_FREELIST);
        BoltFormat.putI64(bytes, at + 40, highWater);
        BoltFormat.putI64(bytes, at + 48, transaction);
        BoltFormat.putI64(bytes, at + CHECKSUM_AT, fnv1a(bytes, at, CHECKSUM_AT));
    }

    private static long fnv1a(byte[] bytes, int from, int length) {
        long hash = FNV_OFFSET;
        for (int i = from; i < from + length; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
