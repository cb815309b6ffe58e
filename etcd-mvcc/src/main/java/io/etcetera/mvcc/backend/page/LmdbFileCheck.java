package io.etcetera.mvcc.backend.page;

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
 * level calls for, keep its nodes inside itself and its keys in order, each on the side of the separators above it where it
 * is searched for, and the counts of pages and entries must be those
 * of the tree's record. What a record says is checked elsewhere, by its checksum.
 */
final class LmdbFileCheck {
    private static final byte[] NONE = {};

    /** Pages and entries met while walking one tree, and the last key or separator, to check the order across pages. */
    private static final class Tally {
        long branchPages;
        long leafPages;
        long overflowPages;
        long entries;
        private final Comparator<byte[]> order;
        private byte[] last = NONE;
        private boolean isSeparator;

        Tally(Comparator<byte[]> order) {
            this.order = order;
        }

        /** Whether a key comes behind all keys before it; it may be the separator before it. */
        boolean isNext(byte[] key) {
            int comparison = last.length == 0 ? -1 : order.compare(last, key);
            boolean next = comparison < 0 || (isSeparator && comparison == 0);
            last = key;
            isSeparator = false;
            return next;
        }

        /** Whether a separator comes behind all keys before it. */
        boolean separates(byte[] separator) {
            boolean separates = isNext(separator);
            isSeparator = true;
            return separates;
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
    private final LmdbNodes nodes;
    private long pagesVisited;

    private LmdbFileCheck(LmdbPages pages, LmdbNodes nodes) {
        this.pages = pages;
        this.nodes = nodes;
    }

    /**
     * Checks a file that exists and is not empty; nobody may be writing to it.
     *
     * @throws CorruptStoreException naming the file, the place and what to do
     */
    static void check(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            LmdbPages pages = LmdbPages.ofFile(channel, file.toString(), pageBytes(channel, file));
            LmdbMeta meta = newestMeta(pages);
            LmdbTree freeList = meta.freeList();
            LmdbTree trees = meta.trees();
            LmdbFileCheck check = new LmdbFileCheck(pages, new LmdbNodes(pages, meta.lastPage()));
            check.walk(freeList, false, LmdbFileCheck::compareNumbers);
            check.walk(trees, true, Arrays::compareUnsigned);
        }
    }

    private static int pageBytes(FileChannel channel, Path file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(LmdbMeta.HEAD_BYTES).order(ByteOrder.nativeOrder());
        RawFile.fill(channel, head, 0);
        if (LmdbMeta.isBolt(head)) {
            throw new CorruptStoreException("store " + file + " is a bbolt file, as etcd written in Go keeps it, not a"
                    + " store of this server; start it with the etcd that wrote it, or choose another data directory");
        }
        int pageBytes = LmdbMeta.pageBytes(head);
        if (head.hasRemaining() || pageBytes == 0) {
            throw new CorruptStoreException("store " + file + " is damaged or not a store of this server: its first"
                    + " page is not that of an LMDB file; restore the member from a snapshot or a backup");
        }
        return pageBytes;
    }

    private static LmdbMeta newestMeta(LmdbPages pages) throws IOException {
        LmdbMeta newest = meta(pages, 0);
        LmdbMeta other = meta(pages, 1);
        return other.txn() > newest.txn() ? other : newest;
    }

    private static LmdbMeta meta(LmdbPages pages, int number) throws IOException {
        LmdbMeta meta = new LmdbMeta(pages.read(number));
        if (!meta.isSound(number)) {
            throw pages.damaged(number, "it is not a meta page");
        }
        return meta;
    }

    private void walk(LmdbTree tree, boolean holdsTrees, Comparator<byte[]> order) throws IOException {
        Tally tally = new Tally(order);
        if (tree.root() != LmdbTree.NO_ROOT) {
            nodes.checkDepth(tree);
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
        ByteBuffer page = nodes.page(number, levelsLeft == 1 ? LmdbNodes.LEAF : LmdbNodes.BRANCH);
        int count = nodes.count(number, page);
        if (levelsLeft == 1) {
            tally.leafPages++;
            tally.entries += count;
            for (int i = 0; i < count; i++) {
                if (leadsElsewhere(number, page, nodes.node(number, page, i), holdsTrees, tally)) {
                    page = pages.read(number);
                }
            }
            return;
        }
        tally.branchPages++;
        for (int i = 0; i < count; i++) {
            int node = nodes.node(number, page, i);
            // The first child has no separator of its own: the one above this page is also its.
            if (i > 0 && !tally.separates(LmdbNodes.key(page, node))) {
                throw pages.damaged(number, "its keys do not separate those below");
            }
            visit(LmdbNodes.child(page, node), levelsLeft - 1, holdsTrees, tally);
            page = pages.read(number);
        }
    }

    /** Checks a node of a leaf; true if that meant reading other pages, which may have pushed this one out of memory. */
    private boolean leadsElsewhere(long number, ByteBuffer page, int node, boolean holdsTrees, Tally tally)
            throws IOException {
        int dataAt = nodes.data(number, page, node);
        if (!tally.isNext(LmdbNodes.key(page, node))) {
            throw pages.damaged(number, "its keys are out of order");
        }
        if (LmdbNodes.isBig(page, node)) {
            long first = page.getLong(dataAt);
            long run = nodes.overflowRun(first, LmdbNodes.dataBytes(page, node));
            pages.read(first + run - 1);
            tally.overflowPages += run;
            return true;
        }
        if (holdsTrees && LmdbNodes.isTree(page, node)) {
            walk(LmdbTree.at(page, nodes.treeRecord(number, page, node)), false, Arrays::compareUnsigned);
            return true;
        }
        return false;
    }
}
