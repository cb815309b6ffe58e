package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes through a bucket in the order of its keys, bytewise unsigned. It holds one page of each level. Pages are checked as
 * they are reached: every key of a child must lie between its branch's key for it and the next one, so keys ascend
 * throughout, no page comes twice, and a walk through a damaged file ends. Not thread-safe.
 */
public final class BoltCursor {
    /** Of branches with two children at least, far more keys than a disk can hold. */
    private static final int DEEPEST_TREE = 64;

    private static final class Level {
        final Page page;
        int index;

        Level(Page page) {
            this.page = page;
        }
    }

    private final BoltBucket bucket;
    private final PageSource source;
    private final List<Level> levels = new ArrayList<>();
    private final BoltSlice key = new BoltSlice();
    private final BoltSlice value = new BoltSlice();

    /** Levels in use, from the root on; 0 before the first key, and none behind the last. */
    private int depth;

    private boolean atEnd;

    BoltCursor(BoltBucket bucket, PageSource source) {
        this.bucket = bucket;
        this.source = source;
    }

    /** Moves to the next key; returns false behind the last one, and from then on. */
    public boolean next() throws IOException {
        if (atEnd) {
            return false;
        }
        if (depth == 0) {
            openRoot();
            descend();
        } else {
            levels.get(depth - 1).index++;
        }
        return settle();
    }

    /** Moves to the first key that is not below {@code target}; returns false if there is none. */
    public boolean seek(byte[] target) throws IOException {
        atEnd = false;
        openRoot();
        Level level = levels.get(0);
        while (!level.page.isLeaf()) {
            level.index = level.page.childFor(target);
            level = openChild(level);
        }
        level.index = level.page.lowerBound(target);
        return settle();
    }

    /** From a leaf's index that may lie behind its last element to the next element there is. */
    private boolean settle() throws IOException {
        while (depth > 0) {
            Level level = levels.get(depth - 1);
            if (level.index < level.page.count()) {
                descend();
                Level leaf = levels.get(depth - 1);
                leaf.page.key(leaf.index, key);
                leaf.page.value(leaf.index, value);
                return true;
            }
            depth--;
            if (depth > 0) {
                levels.get(depth - 1).index++;
            }
        }
        atEnd = true;
        return false;
    }

    private void openRoot() throws IOException {
        depth = 0;
        bucket.loadRoot(push().page);
    }

    private void descend() throws IOException {
        Level level = levels.get(depth - 1);
        while (!level.page.isLeaf()) {
            level = openChild(level);
        }
    }

    private Level push() {
        if (depth == levels.size()) {
            levels.add(new Level(new Page(source)));
        }
        Level level = levels.get(depth++);
        level.index = 0;
        return level;
    }

    private Level openChild(Level parent) throws IOException {
        long id = parent.page.child(parent.index);
        if (depth == DEEPEST_TREE) {
            throw source.damaged(id, "it lies deeper than " + DEEPEST_TREE + " levels");
        }
        Level child = push();
        child.page.load(id);
        if (child.page.count() == 0) {
            throw source.damaged(id, "it is empty");
        }
        if (Page.compareKeys(child.page, 0, parent.page, parent.index) < 0) {
            throw source.damaged(id, "its first key is below its key in page " + parent.page.id());
        }
        checkUpperBound(child.page);
        return child;
    }

    /** Against the next key of the lowest branch that has one. */
    private void checkUpperBound(Page child) throws IOException {
        for (int i = depth - 2; i >= 0; i--) {
            Level branch = levels.get(i);
            if (branch.index + 1 < branch.page.count()) {
                if (Page.compareKeys(child, child.count() - 1, branch.page, branch.index + 1) >= 0) {
                    throw source.damaged(
                            child.id(), "its last key is not below the next key of page " + branch.page.id());
                }
                return;
            }
        }
    }

    /** The key it is at; valid until the cursor moves. */
    public BoltSlice key() {
        return key;
    }

    /** The value under that key; valid until the cursor moves. */
    public BoltSlice value() {
        return value;
    }

    /** Whether a bucket stands under that key instead of a value. */
    public boolean isBucket() {
        Level leaf = levels.get(depth - 1);
        return leaf.page.isBucket(leaf.index);
    }

    /** The bucket under that key, for as long as the file is open. */
    public BoltBucket bucket() {
        if (!isBucket()) {
            throw new IllegalStateException("a value stands under this key");
        }
        return BoltBucket.ofValue(source, value, levels.get(depth - 1).page.id());
    }
}
