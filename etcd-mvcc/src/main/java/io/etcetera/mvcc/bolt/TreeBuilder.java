package io.etcetera.mvcc.bolt;

import io.etcetera.mvcc.schema.ByteView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds one B+tree from the leaves up, from keys that come in order: a page is written when it is full, and its first key
 * goes to the level above. So there is one unfinished page on each level, and nothing is written twice. One thread.
 */
final class TreeBuilder {
    private final PageSink sink;
    private final PageBuilder leaf;
    /** Branches, the lowest level first. */
    private final List<PageBuilder> branches = new ArrayList<>();

    private byte[] lastKey = {};
    private boolean any;

    TreeBuilder(PageSink sink) {
        this.sink = sink;
        this.leaf = new PageBuilder(true, sink.pageBytes());
    }

    /** Adds a key above all so far. */
    void add(ByteView key, ByteView value, int flags) throws IOException {
        checkKey(key);
        if (leaf.count() > 0 && !leaf.shouldTake((long) key.length() + value.length())) {
            byte[] first = leaf.firstKey();
            link(0, first, leaf.flush(sink));
        }
        leaf.addEntry(key, value, flags);
    }

    private void checkKey(ByteView key) {
        byte[] bytes = key.toArray();
        if (bytes.length == 0 || bytes.length > BoltFormat.MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "bbolt takes keys of 1 to " + BoltFormat.MAX_KEY_BYTES + " bytes, not of " + bytes.length);
        }
        if (any && Arrays.compareUnsigned(lastKey, bytes) >= 0) {
            throw new IllegalArgumentException("keys must ascend");
        }
        lastKey = bytes;
        any = true;
    }

    /** Whether nothing has been added. */
    boolean isEmpty() {
        return !any;
    }

    private void link(int level, byte[] firstKey, long child) throws IOException {
        if (level == branches.size()) {
            branches.add(new PageBuilder(false, sink.pageBytes()));
        }
        PageBuilder branch = branches.get(level);
        if (branch.count() > 2 && !branch.fits(firstKey.length)) {
            // The last child comes along to the next page, so that no branch is left with one child.
            byte[] movedKey = branch.removeLastKey();
            long moved = branch.removedChild();
            byte[] first = branch.firstKey();
            link(level + 1, first, branch.flush(sink));
            branch.addChild(movedKey, moved);
        }
        branch.addChild(firstKey, child);
    }

    /** Writes what is unfinished, and returns the ID of the root. */
    long finish() throws IOException {
        byte[] first = leaf.firstKey();
        long root = leaf.flush(sink);
        for (int level = 0; level < branches.size(); level++) {
            link(level, first, root);
            // Linking may have added a level, which this loop then comes to.
            PageBuilder branch = branches.get(level);
            first = branch.firstKey();
            root = branch.flush(sink);
        }
        return root;
    }
}
