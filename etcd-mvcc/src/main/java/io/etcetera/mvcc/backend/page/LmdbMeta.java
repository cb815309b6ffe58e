package io.etcetera.mvcc.backend.page;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One of the two first pages of an LMDB file, each of which is written by every second transaction and says where that
 * one's trees begin: behind the page header magic and version (4 bytes each), address and size of the map (8 each), the
 * records of the free list and of the tree of trees, the last page in use and the transaction (8 each). The page size
 * stands in the first field of the free list's record.
 */
public final class LmdbMeta {
    /** How many there are. */
    static final int PAGES = 2;

    /** Bytes that an LMDB file begins with, by which it is known. */
    static final int HEAD_BYTES = LmdbNodes.PAGE_HEADER + 32;

    private static final int MAGIC = 0xBEEFC0DE;
    private static final long BOLT_MAGIC = 0xED0CDAEDL;
    private static final int DATA_VERSION = 1;
    private static final int SMALLEST_PAGE = 256;
    private static final int LARGEST_PAGE = 1 << 16;

    private static final int MAGIC_AT = LmdbNodes.PAGE_HEADER;
    private static final int VERSION_AT = MAGIC_AT + 4;
    private static final int FREE_LIST_AT = MAGIC_AT + 24;
    private static final int PAGE_SIZE_AT = FREE_LIST_AT;
    private static final int TREES_AT = FREE_LIST_AT + LmdbTree.BYTES;
    private static final int LAST_PAGE_AT = TREES_AT + LmdbTree.BYTES;
    private static final int TXN_AT = LAST_PAGE_AT + 8;

    /** Bytes of the page that mean something. */
    static final int BYTES = TXN_AT + 8;

    private final ByteBuffer page;

    /**
     * Looks at a page, sound or not.
     *
     * @param page at least {@link #BYTES}, in the byte order of the machine
     */
    public LmdbMeta(ByteBuffer page) {
        this.page = page;
    }

    /** Whether a file that begins with {@link #HEAD_BYTES} such is one of bbolt's. */
    static boolean isBolt(ByteBuffer head) {
        return (head.getInt(MAGIC_AT) & 0xFFFFFFFFL) == BOLT_MAGIC;
    }

    /** The page size of a file that begins with {@link #HEAD_BYTES} such; 0 if it is not one of LMDB's. */
    static int pageBytes(ByteBuffer head) {
        int bytes = head.getInt(PAGE_SIZE_AT);
        boolean plausible = Integer.bitCount(bytes) == 1 && bytes >= SMALLEST_PAGE && bytes <= LARGEST_PAGE;
        return plausible && head.getInt(MAGIC_AT) == MAGIC && head.getInt(VERSION_AT) == DATA_VERSION ? bytes : 0;
    }

    /** The page that a transaction has written. */
    public static long pageOf(long txn) {
        return txn & 1;
    }

    public boolean isSound(long number) {
        return page.getInt(MAGIC_AT) == MAGIC && page.getLong(0) == number;
    }

    public int pageBytes() {
        return page.getInt(PAGE_SIZE_AT);
    }

    public long txn() {
        return page.getLong(TXN_AT);
    }

    long lastPage() {
        return page.getLong(LAST_PAGE_AT);
    }

    LmdbTree freeList() {
        return LmdbTree.at(page, FREE_LIST_AT);
    }

    /** The tree whose entries are the others. */
    LmdbTree trees() {
        return LmdbTree.at(page, TREES_AT);
    }

    /** The two meta pages, and those of the tree whose entries are the others. */
    public long ownPages() {
        return PAGES + trees().pages();
    }

    /**
     * The two meta pages of a file without free pages that holds the same trees: the tree of trees begins in its last page.
     *
     * @param pages of that file, these two included
     */
    ByteBuffer compacted(long pages) {
        int pageBytes = pageBytes();
        ByteBuffer both = ByteBuffer.allocate(PAGES * pageBytes).order(ByteOrder.nativeOrder());
        for (int number = 0; number < PAGES; number++) {
            int at = number * pageBytes;
            both.put(at, page, 0, BYTES);
            both.putLong(at, number);
            LmdbTree.clear(both, at + FREE_LIST_AT);
            LmdbTree.setRoot(both, at + TREES_AT, trees().root() == LmdbTree.NO_ROOT ? LmdbTree.NO_ROOT : pages - 1);
            both.putLong(at + LAST_PAGE_AT, pages - 1);
            both.putLong(at + TXN_AT, number);
        }
        return both;
    }
}
