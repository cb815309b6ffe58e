package io.etcetera.mvcc.backend.page;

import java.nio.ByteBuffer;

/**
 * What LMDB records of one tree, in a meta page or in a leaf that names trees.
 *
 * @param depth levels of pages, 0 if it is empty
 * @param overflowPages pages of records that are too large for a leaf
 * @param root number of its topmost page, {@link #NO_ROOT} if it is empty
 */
record LmdbTree(int depth, long branchPages, long leafPages, long overflowPages, long entries, long root) {
    /** Size of such a record. */
    static final int BYTES = 48;

    static final long NO_ROOT = -1;

    private static final int DEPTH_AT = 6;
    private static final int COUNTS_AT = 8;
    private static final int ROOT_AT = 40;

    static LmdbTree at(ByteBuffer page, int offset) {
        return new LmdbTree(
                page.getShort(offset + DEPTH_AT) & 0xFFFF,
                page.getLong(offset + COUNTS_AT),
                page.getLong(offset + COUNTS_AT + 8),
                page.getLong(offset + COUNTS_AT + 16),
                page.getLong(offset + COUNTS_AT + 24),
                page.getLong(offset + ROOT_AT));
    }

    /** Has the record at {@code offset} say that the tree begins at another page. */
    static void setRoot(ByteBuffer page, int offset, long root) {
        page.putLong(offset + ROOT_AT, root);
    }

    /** Has the record at {@code offset} say that the tree is empty; what is fixed for the tree's life stays. */
    static void clear(ByteBuffer page, int offset) {
        page.putShort(offset + DEPTH_AT, (short) 0);
        for (int at = COUNTS_AT; at < ROOT_AT; at += Long.BYTES) {
            page.putLong(offset + at, 0);
        }
        setRoot(page, offset, NO_ROOT);
    }

    long pages() {
        return branchPages + leafPages + overflowPages;
    }
}
