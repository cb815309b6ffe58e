package io.etcetera.mvcc.backend.page;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Pages of an LMDB file and what stands in them, never believed: each must carry its own number and be of the kind that
 * its place calls for, and what it points to must lie inside it.
 *
 * <p>Format: LMDB 0.9 ({@code mdb.c}: MDB_page, MDB_node), 64-bit, in the byte order of the machine. A page starts with
 * number (8 bytes), pad (2), flags (2), then lower and upper bound of its free space (2 each), or for an overflow run its
 * length in pages (4); behind that, the places of its nodes (2 each). A node is size or child in two halves (2, 2), flags
 * (2), key size (2), key, data.
 */
final class LmdbNodes {
    static final int PAGE_HEADER = 16;

    static final int BRANCH = 0x01;
    static final int LEAF = 0x02;
    static final int OVERFLOW = 0x04;

    private static final int BIG_DATA = 0x01;
    private static final int SUB_DATA = 0x02;
    private static final int NODE_HEADER = 8;
    private static final int DEEPEST_TREE = 32;

    private final LmdbPages pages;
    private final long lastPage;

    LmdbNodes(LmdbPages pages, long lastPage) {
        this.pages = pages;
        this.lastPage = lastPage;
    }

    /** Reads a page of a tree; valid until the next page is read. */
    ByteBuffer page(long number, int kind) throws IOException {
        if (number < LmdbMeta.PAGES || number > lastPage) {
            throw pages.damaged(number, "no such page: the last one is " + lastPage);
        }
        ByteBuffer page = pages.read(number);
        if (page.getLong(0) != number) {
            throw pages.damaged(number, "it carries the number " + page.getLong(0));
        }
        if ((page.getShort(10) & (BRANCH | LEAF | OVERFLOW)) != kind) {
            throw pages.damaged(number, "it is of the wrong kind");
        }
        return page;
    }

    /** Refuses a tree that would lead into too many levels. */
    void checkDepth(LmdbTree tree) {
        if (tree.depth() < 1 || tree.depth() > DEEPEST_TREE) {
            throw pages.damaged(tree.root(), "its tree claims a depth of " + tree.depth());
        }
    }

    /** How many nodes a page has. */
    int count(long number, ByteBuffer page) {
        int lower = page.getShort(12) & 0xFFFF;
        int upper = page.getShort(14) & 0xFFFF;
        if (lower < PAGE_HEADER || (lower & 1) != 0 || lower > upper || upper > pages.pageBytes()) {
            throw pages.damaged(number, "its free space is said to be from " + lower + " to " + upper);
        }
        return (lower - PAGE_HEADER) / 2;
    }

    /** Where a node stands in its page, the key inside. */
    int node(long number, ByteBuffer page, int index) {
        int offset = page.getShort(PAGE_HEADER + 2 * index) & 0xFFFF;
        if (offset < (page.getShort(14) & 0xFFFF) || offset + NODE_HEADER > pages.pageBytes()) {
            throw pages.damaged(number, "a record is said to start at " + offset);
        }
        if (offset + NODE_HEADER + keyBytes(page, offset) > pages.pageBytes()) {
            throw pages.damaged(number, "a key reaches beyond its page");
        }
        return offset;
    }

    /** Where the data of a leaf's node stands, or the number of the page that does. */
    int data(long number, ByteBuffer page, int node) {
        int dataAt = node + NODE_HEADER + keyBytes(page, node);
        if (dataAt + (isBig(page, node) ? Long.BYTES : dataBytes(page, node)) > pages.pageBytes()) {
            throw pages.damaged(number, "a record reaches beyond its page");
        }
        return dataAt;
    }

    /** Where the record of a tree stands, which is the data of a node. */
    int treeRecord(long number, ByteBuffer page, int node) {
        if (dataBytes(page, node) < LmdbTree.BYTES) {
            throw pages.damaged(number, "the record of a tree has " + dataBytes(page, node) + " bytes");
        }
        return data(number, page, node);
    }

    /**
     * How many pages the overflow run takes that begins at a page.
     *
     * @param dataBytes what has to stand in it
     */
    long overflowRun(long number, long dataBytes) throws IOException {
        ByteBuffer page = page(number, OVERFLOW);
        long run = page.getInt(12) & 0xFFFFFFFFL;
        if (run * pages.pageBytes() < dataBytes + PAGE_HEADER || number + run - 1 > lastPage) {
            throw pages.damaged(number, "a run of " + run + " pages cannot hold " + dataBytes + " bytes");
        }
        return run;
    }

    static byte[] key(ByteBuffer page, int node) {
        byte[] key = new byte[keyBytes(page, node)];
        page.get(node + NODE_HEADER, key);
        return key;
    }

    private static int keyBytes(ByteBuffer page, int node) {
        return page.getShort(node + 6) & 0xFFFF;
    }

    /** Size of the data of a leaf's node, wherever it stands. */
    static long dataBytes(ByteBuffer page, int node) {
        return page.getInt(node) & 0xFFFFFFFFL;
    }

    /** Whether the data of a leaf's node stands in an overflow run. */
    static boolean isBig(ByteBuffer page, int node) {
        return (page.getShort(node + 4) & BIG_DATA) != 0;
    }

    /** Whether the data of a leaf's node is the record of a tree. */
    static boolean isTree(ByteBuffer page, int node) {
        return (page.getShort(node + 4) & SUB_DATA) != 0;
    }

    /** The page that a branch's node leads to. */
    static long child(ByteBuffer page, int node) {
        return (page.getInt(node) & 0xFFFFFFFFL) | ((page.getShort(node + 4) & 0xFFFFL) << 32);
    }

    /** Has a branch's node lead to another page. */
    static void setChild(ByteBuffer page, int node, long child) {
        page.putInt(node, (int) child);
        page.putShort(node + 4, (short) (child >>> 32));
    }
}
