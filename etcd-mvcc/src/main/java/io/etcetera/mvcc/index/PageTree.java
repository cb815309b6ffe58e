package io.etcetera.mvcc.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The writer's side of the copy-on-write B+tree: finds a leaf, remembers the way to it, and puts something else in its
 * place. Nodes that a {@link #freeze} has handed out are copied before they change; nodes made since then are the
 * writer's own and change in place. Writer thread only.
 */
final class PageTree {
    /** With at least two children a branch nearly everywhere, more keys than memory holds. */
    private static final int MAX_HEIGHT = 48;

    private Node root = Leaf.EMPTY;
    private long edit;
    private boolean changedSinceFreeze;

    /** The way to the leaf sought last: branches from the root down, and the slot taken in each. */
    private final @Nullable Branch[] branches = new Branch[MAX_HEIGHT];

    private final int[] slots = new int[MAX_HEIGHT];
    private int height;
    private @Nullable Leaf sought;

    /** An immutable picture of the tree as it is now. */
    Node freeze() {
        if (changedSinceFreeze) {
            edit++;
            changedSinceFreeze = false;
        }
        return root;
    }

    /** Finds the leaf where a key is or belongs: {@link #keyAfterLeaf} and then one {@link #replaceLeaf} may follow. */
    Leaf seek(byte[] key) {
        Node node = root;
        height = 0;
        while (node instanceof Branch branch) {
            int slot = branch.slotFor(key);
            branches[height] = branch;
            slots[height] = slot;
            height++;
            node = branch.child(slot);
        }
        Leaf leaf = (Leaf) node;
        sought = leaf;
        return leaf;
    }

    /** A key that is above all keys of the leaf sought last and not above any key behind it; null if it is the last leaf. */
    byte @Nullable [] keyAfterLeaf() {
        for (int level = height - 1; level >= 0; level--) {
            byte[] separator = branch(level).separatorAfter(slots[level]);
            if (separator != null) {
                return separator;
            }
        }
        return null;
    }

    /** Puts another leaf where the leaf sought last was. */
    void replaceLeaf(Leaf leaf) {
        climb(height, leaf, leaf.live() - sought().live());
    }

    /** Puts any number of leaves where the leaf sought last was. */
    void replaceLeaf(Siblings leaves) {
        Siblings replacement = leaves;
        Leaf replacedLeaf = sought();
        int level = height;
        while (replacement.size() != 1 && level > 0) {
            level--;
            replacement = branch(level).splice(edit, slots[level], replacement);
        }
        switch (replacement.size()) {
            case 0 -> climb(0, Leaf.EMPTY, 0);
            case 1 -> {
                Node replaced = level == height ? replacedLeaf : branch(level);
                climb(level, replacement.node(0), replacement.node(0).live() - replaced.live());
            }
            default -> climb(0, new Branch(edit, replacement.nodes(), new Separators(replacement.separators())), 0);
        }
    }

    /** Hangs a node into the branch above it, and so on up to the root. */
    private void climb(int level, Node node, long liveChange) {
        Node child = node;
        for (int above = level - 1; above >= 0; above--) {
            child = branch(above).withChild(edit, slots[above], child, liveChange);
        }
        while (child instanceof Branch branch && branch.size() == 1) {
            child = branch.child(0);
        }
        root = child;
        changedSinceFreeze = true;
        // The way is stale now, and must not keep replaced nodes from being collected.
        Arrays.fill(branches, 0, height, null);
        height = 0;
        sought = null;
    }

    private Leaf sought() {
        Leaf leaf = sought;
        if (leaf == null) {
            throw new IllegalStateException("no leaf was sought");
        }
        return leaf;
    }

    private Branch branch(int level) {
        Branch branch = branches[level];
        if (branch == null) {
            throw new IllegalStateException("no leaf was sought");
        }
        return branch;
    }
}
