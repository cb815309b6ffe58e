package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ranges ordered by start, then end, each node knowing the greatest end below it: an interval tree, so that the ranges
 * around a key are found in O(log n) steps for each. It is balanced as a treap (Seidel and Aragon, "Randomized search
 * trees", 1996): a heap by a priority drawn for each node, which keeps the expected depth at about 2 ln n whatever the
 * order of insertion. Watchers of the same range share a node. Not thread-safe.
 */
final class RangeTree {
    /** Above every key. A real end in this tree is never empty, since an empty end means a single key. */
    private static final byte[] NO_END = {};

    private static final class Node {
        final byte[] start;
        final byte[] end;
        final long priority;
        final List<Watcher> watchers = new ArrayList<>(1);
        byte[] greatestEnd;

        @Nullable
        Node left;

        @Nullable
        Node right;

        Node(KeyRange range, long priority) {
            this.start = range.start();
            this.end = endOf(range);
            this.priority = priority;
            this.greatestEnd = end;
        }

        void update() {
            byte[] greatest = end;
            if (left != null && compareEnds(left.greatestEnd, greatest) > 0) {
                greatest = left.greatestEnd;
            }
            if (right != null && compareEnds(right.greatestEnd, greatest) > 0) {
                greatest = right.greatestEnd;
            }
            greatestEnd = greatest;
        }
    }

    private @Nullable Node root;
    private long drawn;

    /** Adds a watcher of a range that is neither single nor empty. */
    void add(Watcher watcher) {
        root = add(root, watcher);
    }

    void remove(Watcher watcher) {
        root = remove(root, watcher);
    }

    /** Calls {@code found} once for each watcher whose range holds the key. */
    void find(byte[] key, Consumer<Watcher> found) {
        find(root, key, found);
    }

    private Node add(@Nullable Node node, Watcher watcher) {
        if (node == null) {
            Node made = new Node(watcher.range, drawPriority());
            WatcherIndex.push(made.watchers, watcher);
            return made;
        }
        int order = compare(watcher.range, node);
        if (order == 0) {
            WatcherIndex.push(node.watchers, watcher);
            return node;
        }
        if (order < 0) {
            Node child = add(node.left, watcher);
            node.left = child;
            return child.priority > node.priority ? rotateRight(node, child) : updated(node);
        }
        Node child = add(node.right, watcher);
        node.right = child;
        return child.priority > node.priority ? rotateLeft(node, child) : updated(node);
    }

    private static @Nullable Node remove(@Nullable Node node, Watcher watcher) {
        if (node == null) {
            throw new IllegalStateException("no watcher of this range");
        }
        int order = compare(watcher.range, node);
        if (order == 0) {
            WatcherIndex.pull(node.watchers, watcher);
            return node.watchers.isEmpty() ? merge(node.left, node.right) : node;
        }
        if (order < 0) {
            node.left = remove(node.left, watcher);
        } else {
            node.right = remove(node.right, watcher);
        }
        return updated(node);
    }

    private static void find(@Nullable Node from, byte[] key, Consumer<Watcher> found) {
        Node node = from;
        // Nothing below ends after the key: done. The left side is recursion, the right side the loop.
        while (node != null && isBefore(key, node.greatestEnd)) {
            find(node.left, key, found);
            if (Arrays.compareUnsigned(node.start, key) > 0) {
                return; // and so do all starts to the right
            }
            if (isBefore(key, node.end)) {
                node.watchers.forEach(found);
            }
            node = node.right;
        }
    }

    /** Joins two trees, all of the first being below all of the second. */
    private static @Nullable Node merge(@Nullable Node low, @Nullable Node high) {
        if (low == null) {
            return high;
        }
        if (high == null) {
            return low;
        }
        if (low.priority > high.priority) {
            low.right = merge(low.right, high);
            return updated(low);
        }
        high.left = merge(low, high.left);
        return updated(high);
    }

    private static Node rotateRight(Node node, Node child) {
        node.left = child.right;
        child.right = updated(node);
        return updated(child);
    }

    private static Node rotateLeft(Node node, Node child) {
        node.right = child.left;
        child.left = updated(node);
        return updated(child);
    }

    private static Node updated(Node node) {
        node.update();
        return node;
    }

    /** SplitMix64 (Steele, Lea, Flood 2014) over a counter: independent of the keys, so nobody can choose a bad order. */
    private long drawPriority() {
        long z = ++drawn * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static int compare(KeyRange range, Node node) {
        int byStart = Arrays.compareUnsigned(range.start(), node.start);
        return byStart != 0 ? byStart : compareEnds(endOf(range), node.end);
    }

    private static byte[] endOf(KeyRange range) {
        return range.isOpenEnded() ? NO_END : range.end();
    }

    private static int compareEnds(byte[] a, byte[] b) {
        if (a.length == 0 || b.length == 0) {
            return Boolean.compare(a.length == 0, b.length == 0);
        }
        return Arrays.compareUnsigned(a, b);
    }

    private static boolean isBefore(byte[] key, byte[] end) {
        return end.length == 0 || Arrays.compareUnsigned(key, end) < 0;
    }
}
