package io.etcetera.mvcc.backend.page;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Gives out the trees of one transaction as an LMDB file without free pages, from its first byte to its last: the meta
 * pages, then each page behind all those that it leads to, numbered anew. The same transaction gives the same bytes each
 * time. Holds one page for each level of the tree, {@link LmdbPages}' cache and no more. The transaction must be open
 * meanwhile, so that nobody writes to its pages. One thread at a time.
 */
public final class CompactPages {
    /** Small, since the neighbours of a page need not be wanted in a store that was written in another order. */
    private static final int CHUNK_BYTES = 64 << 10;

    private final LmdbPages.Source source;
    private final LmdbPages pages;
    private final LmdbNodes nodes;
    private final int pageBytes;

    /** Of the file that is given out. */
    private final long count;

    /** How far the walk is, the lowest level on top. */
    private final Deque<Level> levels = new ArrayDeque<>();

    /** Number of the page that is given out next. */
    private long next = LmdbMeta.PAGES;

    /** What is given out next, and behind it the rest of an overflow run, from a place of the source on. */
    private ByteBuffer ready;

    private long runAt;
    private long runLeft;

    /** A page whose children are being given out. */
    private static final class Level {
        final ByteBuffer page;
        final long number;
        final int levelsLeft;
        final boolean holdsTrees;
        final int count;
        int node;

        /** Where in this page the number of the child stands that is being given out. */
        int link;

        Level(ByteBuffer page, long number, int levelsLeft, boolean holdsTrees, int count) {
            this.page = page;
            this.number = number;
            this.levelsLeft = levelsLeft;
            this.holdsTrees = holdsTrees;
            this.count = count;
        }

        boolean isLeaf() {
            return levelsLeft == 1;
        }
    }

    /**
     * Begins before the first byte.
     *
     * @param source the file that holds the trees
     * @param file its name, for messages
     * @param meta the meta page of the transaction
     * @param count pages of all its trees, and the two meta pages
     */
    public CompactPages(RawFile source, String file, LmdbMeta meta, long count) throws IOException {
        this((LmdbPages.Source) source, file, meta, count);
    }

    CompactPages(LmdbPages.Source source, String file, LmdbMeta meta, long count) throws IOException {
        this.source = source;
        this.count = count;
        this.pageBytes = meta.pageBytes();
        this.pages = new LmdbPages(source, (meta.lastPage() + 1) * pageBytes, file, pageBytes, CHUNK_BYTES);
        this.nodes = new LmdbNodes(pages, meta.lastPage());
        this.ready = meta.compacted(count);
        descend(meta.trees(), true);
    }

    /**
     * Goes on until the buffer is full or the file ends.
     *
     * @throws io.etcetera.mvcc.CorruptStoreException if the source is damaged
     */
    public void read(ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (ready.hasRemaining()) {
                int part = Math.min(into.remaining(), ready.remaining());
                into.put(into.position(), ready, ready.position(), part);
                into.position(into.position() + part);
                ready.position(ready.position() + part);
            } else if (runLeft > 0) {
                readRun(into);
            } else if (levels.isEmpty()) {
                checkEnd();
                return;
            } else {
                advance(levels.getFirst());
            }
        }
    }

    private void checkEnd() {
        if (next != count) {
            throw pages.damaged(0, "it has " + next + " pages in use, and should have " + count);
        }
    }

    private void readRun(ByteBuffer into) throws IOException {
        int part = (int) Math.min(into.remaining(), runLeft);
        ByteBuffer slice = into.slice(into.position(), part);
        source.fill(slice, runAt);
        if (slice.hasRemaining()) {
            throw pages.damaged(runAt / pageBytes, "the file ends there");
        }
        into.position(into.position() + part);
        runAt += part;
        runLeft -= part;
    }

    private void advance(Level level) throws IOException {
        if (level.node == level.count) {
            levels.removeFirst();
            leave(level);
            return;
        }
        ByteBuffer page = level.page;
        int node = nodes.node(level.number, page, level.node++);
        if (!level.isLeaf()) {
            level.link = node;
            descend(LmdbNodes.child(page, node), level.levelsLeft - 1, level.holdsTrees);
        } else if (LmdbNodes.isBig(page, node)) {
            int dataAt = nodes.data(level.number, page, node);
            long first = page.getLong(dataAt);
            page.putLong(dataAt, next);
            beginRun(first, nodes.overflowRun(first, LmdbNodes.dataBytes(page, node)));
        } else if (level.holdsTrees && LmdbNodes.isTree(page, node)) {
            level.link = nodes.treeRecord(level.number, page, node);
            descend(LmdbTree.at(page, level.link), false);
        }
    }

    private void descend(LmdbTree tree, boolean holdsTrees) throws IOException {
        if (tree.root() != LmdbTree.NO_ROOT) {
            nodes.checkDepth(tree);
            descend(tree.root(), tree.depth(), holdsTrees);
        }
    }

    private void descend(long number, int levelsLeft, boolean holdsTrees) throws IOException {
        ByteBuffer page = copy(nodes.page(number, levelsLeft == 1 ? LmdbNodes.LEAF : LmdbNodes.BRANCH));
        levels.addFirst(new Level(page, number, levelsLeft, holdsTrees, nodes.count(number, page)));
    }

    private ByteBuffer copy(ByteBuffer page) {
        return ByteBuffer.allocate(pageBytes).order(ByteOrder.nativeOrder()).put(0, page, 0, pageBytes);
    }

    private void beginRun(long first, long run) throws IOException {
        ready = copy(nodes.page(first, LmdbNodes.OVERFLOW)).putLong(0, next);
        take(first, run);
        runAt = (first + 1) * pageBytes;
        runLeft = (run - 1) * pageBytes;
    }

    /** All that a page leads to has been given out, and now the page is. */
    private void leave(Level level) {
        Level above = levels.peekFirst();
        if (above != null && above.isLeaf()) {
            LmdbTree.setRoot(above.page, above.link, next);
        } else if (above != null) {
            LmdbNodes.setChild(above.page, above.link, next);
        }
        ready = level.page.putLong(0, next);
        take(level.number, 1);
    }

    /** Also what ends a walk through pages that lead to each other. */
    private void take(long number, long taken) {
        next += taken;
        if (next > count) {
            throw pages.damaged(number, "more pages are in use than the " + count + " that there should be");
        }
    }
}
