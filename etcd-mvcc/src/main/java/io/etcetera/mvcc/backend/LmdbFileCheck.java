package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Walks the B+trees of an LMDB file before LMDB maps it, so that a damaged file is refused with the place of the damage
 * instead of ending the process inside native code. Every reachable page must carry its own number, have the kind its
 * level calls for, keep its nodes inside itself and its keys in order, and the counts of pages and entries must be those
 * of the tree's record. What a record says is checked elsewhere, by its checksum.
 *
 * <p>Format: LMDB 0.9 ({@code mdb.c}: MDB_page, MDB_node, MDB_meta, MDB_db), 64-bit, in the byte order of the machine. A
 * page starts with number (8 bytes), pad (2), flags (2), then lower and upper bound of its free space (2 each), or for an
 * overflow run its length in pages (4). A node is size or child in two halves (2, 2), flags (2), key size (2), key, data.
 */
final class LmdbFileCheck {
    private static final int MAGIC = 0xBEEFC0DE;
    private static final long BOLT_MAGIC = 0xED0CDAEDL;
    private static final int DATA_VERSION = 1;

    private static final int PAGE_HEADER = 16;
    private static final int NODE_HEADER = 8;
    private static final int META_PAGES = 2;
    private static final int SMALLEST_PAGE = 256;
    private static final int LARGEST_PAGE = 1 << 16;

    private static final int BRANCH = 0x01;
    private static final int LEAF = 0x02;
    private static final int OVERFLOW = 0x04;
    private static final int BIG_DATA = 0x01;
    private static final int SUB_DATA = 0x02;

    private static final int TREE_RECORD_BYTES = 48;
    private static final long NO_ROOT = -1;
    private static final int DEEPEST_TREE = 32;

    /** What LMDB records of one tree, at the given place of a meta page or a leaf. */
    private record Tree(int depth, long branchPages, long leafPages, long overflowPages, long entries, long root) {
        static Tree at(ByteBuffer page, int offset) {
            return new Tree(
                    page.getShort(offset + 6) & 0xFFFF,
                    page.getLong(offset + 8),
                    page.getLong(offset + 16),
                    page.getLong(offset + 24),
                    page.getLong(offset + 32),
                    page.getLong(offset + 40));
        }
    }

    /** Pages and entries met while walking one tree, and the last key, to check the order across pages. */
    private static final class Tally {
        long branchPages;
        long leafPages;
        long overflowPages;
        long entries;
        private byte[] lastKey = new byte[0];
        private final Comparator<byte[]> order;

        Tally(Comparator<byte[]> order) {
            this.order = order;
        }

        /** Whether {@code key} comes behind all keys before it. */
        boolean isNext(byte[] key) {
            boolean next = lastKey.length == 0 || order.compare(lastKey, key) < 0;
            lastKey = key;
            return next;
        }
    }

    /** The keys of the free list are transactions, numbers of 8 bytes in the byte order of the machine. */
    private static int compareNumbers(byte[] a, byte[] b) {
        return a.length != Long.BYTES || b.length != Long.BYTES
                ? 0
                : Long.compareUnsigned(
                        ByteBuffer.wrap(a).order(ByteOrder.nativeOrder()).getLong(),
                        ByteBuffer.wrap(b).order(ByteOrder.nativeOrder()).getLong());
    }

    private final LmdbPages pages;
    private final long lastPage;
    private long pagesVisited;

    private LmdbFileCheck(LmdbPages pages, long lastPage) {
        this.pages = pages;
        this.lastPage = lastPage;
    }

    /**
     * Checks a file that exists and is not empty; nobody may be writing to it.
     *
     * @throws CorruptStoreException naming the file, the place and what to do
     */
    static void check(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int pageBytes = pageBytes(channel, file);
            LmdbPages pages = new LmdbPages(channel, file.toString(), pageBytes);
            ByteBuffer meta = newestMeta(pages);
            long lastPage = meta.getLong(PAGE_HEADER + 24 + 2 * TREE_RECORD_BYTES);
            LmdbFileCheck check = new LmdbFileCheck(pages, lastPage);
            check.walk(Tree.at(meta, PAGE_HEADER + 24), false, LmdbFileCheck::compareNumbers);
            check.walk(Tree.at(meta, PAGE_HEADER + 24 + TREE_RECORD_BYTES), true, Arrays::compareUnsigned);
        }
    }

    private static int pageBytes(FileChannel channel, Path file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(PAGE_HEADER + 32).order(ByteOrder.nativeOrder());
        LmdbPages.fill(channel, head, 0);
        int magic = head.getInt(PAGE_HEADER);
        if ((magic & 0xFFFFFFFFL) == BOLT_MAGIC) {
            throw new CorruptStoreException("store " + file + " is a bbolt file, as etcd written in Go keeps it, not a"
                    + " store of this server; start it with the etcd that wrote it, or choose another data directory");
        }
        int pageBytes = head.getInt(PAGE_HEADER + 24);
        boolean plausible = Integer.bitCount(pageBytes) == 1 && pageBytes >= SMALLEST_PAGE && pageBytes <= LARGEST_PAGE;
        if (head.hasRemaining() || magic != MAGIC || head.getInt(PAGE_HEADER + 4) != DATA_VERSION || !plausible) {
            throw new CorruptStoreException("store " + file + " is damaged or not a store of this server: its first"
                    + " page is not that of an LMDB file; restore the member from a snapshot or a backup");
        }
        return pageBytes;
    }

    private static ByteBuffer newestMeta(LmdbPages pages) throws IOException {
        ByteBuffer newest = meta(pages, 0);
        ByteBuffer other = meta(pages, 1);
        int txnOffset = PAGE_HEADER + 24 + 2 * TREE_RECORD_BYTES + 8;
        return other.getLong(txnOffset) > newest.getLong(txnOffset) ? other : newest;
    }

    private static ByteBuffer meta(LmdbPages pages, int number) throws IOException {
        ByteBuffer page = pages.read(number);
        if (page.getInt(PAGE_HEADER) != MAGIC || page.getLong(0) != number) {
            throw pages.damaged(number, "it is not a meta page");
        }
        return page;
    }

    private void walk(Tree tree, boolean holdsTrees, Comparator<byte[]> order) throws IOException {
        Tally tally = new Tally(order);
        if (tree.root() != NO_ROOT) {
            if (tree.depth() < 1 || tree.depth() > DEEPEST_TREE) {
                throw pages.damaged(tree.root(), "its tree claims a depth of " + tree.depth());
            }
            visit(tree.root(), tree.depth(), holdsTrees, tally);
        }
        if (tally.branchPages != tree.branchPages()
                || tally.leafPages != tree.leafPages()
                || tally.overflowPages != tree.overflowPages()
                || tally.entries != tree.entries()) {
            throw pages.damaged(
                    Math.max(tree.root(), 0),
                    "its tree should have " + tree.entries() + " entries in " + tree.leafPages()
                            + " leaf pages, and has " + tally.entries + " in " + tally.leafPages);
        }
    }

    private void visit(long number, int levelsLeft, boolean holdsTrees, Tally tally) throws IOException {
        // A page belongs to one tree, once; without this, branches that share their children would keep us for years.
        if (++pagesVisited > pages.count()) {
            throw pages.damaged(number, "more pages refer to others than there are");
        }
        ByteBuffer page = tree(number, levelsLeft == 1 ? LEAF : BRANCH);
        int nodes = nodes(number, page);
        if (levelsLeft == 1) {
            tally.leafPages++;
            tally.entries += nodes;
            for (int i = 0; i < nodes; i++) {
                if (leadsElsewhere(number, page, node(number, page, i), holdsTrees, tally)) {
                    page = pages.read(number);
                }
            }
            return;
        }
        tally.branchPages++;
        for (int i = 0; i < nodes; i++) {
            int node = node(number, page, i);
            long child = (page.getInt(node) & 0xFFFFFFFFL) | ((page.getShort(node + 4) & 0xFFFFL) << 32);
            visit(child, levelsLeft - 1, holdsTrees, tally);
            page = pages.read(number);
        }
    }

    /** Checks a node of a leaf; true if that meant reading other pages, which may have pushed this one out of memory. */
    private boolean leadsElsewhere(long number, ByteBuffer page, int node, boolean holdsTrees, Tally tally)
            throws IOException {
        int flags = page.getShort(node + 4);
        int keyBytes = page.getShort(node + 6) & 0xFFFF;
        int dataAt = node + NODE_HEADER + keyBytes;
        long dataBytes = page.getInt(node) & 0xFFFFFFFFL;
        boolean big = (flags & BIG_DATA) != 0;
        if (dataAt + (big ? Long.BYTES : dataBytes) > pages.pageBytes()) {
            throw pages.damaged(number, "a record reaches beyond its page");
        }
        byte[] key = new byte[keyBytes];
        page.get(node + NODE_HEADER, key);
        if (!tally.isNext(key)) {
            throw pages.damaged(number, "its keys are out of order");
        }
        if (big) {
            tally.overflowPages += overflowRun(page.getLong(dataAt), dataBytes);
            return true;
        }
        if (holdsTrees && (flags & SUB_DATA) != 0) {
            if (dataBytes < TREE_RECORD_BYTES) {
                throw pages.damaged(number, "the record of a tree has " + dataBytes + " bytes");
            }
            walk(Tree.at(page, dataAt), false, Arrays::compareUnsigned);
            return true;
        }
        return false;
    }

    private long overflowRun(long number, long dataBytes) throws IOException {
        ByteBuffer page = tree(number, OVERFLOW);
        long run = page.getInt(12) & 0xFFFFFFFFL;
        if (run * pages.pageBytes() < dataBytes + PAGE_HEADER || number + run - 1 > lastPage) {
            throw pages.damaged(number, "a run of " + run + " pages cannot hold " + dataBytes + " bytes");
        }
        pages.read(number + run - 1);
        return run;
    }

    private ByteBuffer tree(long number, int kind) throws IOException {
        if (number < META_PAGES || number > lastPage) {
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

    private int nodes(long number, ByteBuffer page) {
        int lower = page.getShort(12) & 0xFFFF;
        int upper = page.getShort(14) & 0xFFFF;
        if (lower < PAGE_HEADER || (lower & 1) != 0 || lower > upper || upper > pages.pageBytes()) {
            throw pages.damaged(number, "its free space is said to be from " + lower + " to " + upper);
        }
        return (lower - PAGE_HEADER) / 2;
    }

    private int node(long number, ByteBuffer page, int index) {
        int offset = page.getShort(PAGE_HEADER + 2 * index) & 0xFFFF;
        if (offset < (page.getShort(14) & 0xFFFF) || offset + NODE_HEADER > pages.pageBytes()) {
            throw pages.damaged(number, "a record is said to start at " + offset);
        }
        int keyBytes = page.getShort(offset + 6) & 0xFFFF;
        if (offset + NODE_HEADER + keyBytes > pages.pageBytes()) {
            throw pages.damaged(number, "a key reaches beyond its page");
        }
        return offset;
    }
}
