package io.etcetera.mvcc.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An inner node: children with separators between them. Belongs to the writer, which changes children in place, while
 * its {@code edit} is the writer's current one; from the next publication on it is immutable, and a change makes a copy.
 * The separators are never changed in place.
 */
final class Branch implements Node {
    static final int MAX_CHILDREN = 64;

    private static final int SPARSE_CHILDREN = MAX_CHILDREN / 4;
    private static final int MERGED_CHILDREN = MAX_CHILDREN * 3 / 4;

    private final long edit;
    private final Node[] children;
    private final byte[][] separators;
    private long live;
    private long newestMain;

    Branch(long edit, Node[] children, byte[][] separators) {
        this.edit = edit;
        this.children = children;
        this.separators = separators;
        for (Node child : children) {
            live += child.live();
            newestMain = Math.max(newestMain, child.newestMain());
        }
    }

    private Branch(Branch original, long edit) {
        this.edit = edit;
        this.children = original.children.clone();
        this.separators = original.separators;
        this.live = original.live;
        this.newestMain = original.newestMain;
    }

    @Override
    public long live() {
        return live;
    }

    @Override
    public long newestMain() {
        return newestMain;
    }

    @Override
    public boolean isSparse() {
        return children.length < SPARSE_CHILDREN;
    }

    int size() {
        return children.length;
    }

    Node child(int slot) {
        return children[slot];
    }

    /** Where a key belongs. */
    int slotFor(byte[] key) {
        int low = 0;
        int high = separators.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(key, separators[middle]) < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The separator right of a child; null for the last one. */
    byte @Nullable [] separatorAfter(int slot) {
        return slot < separators.length ? separators[slot] : null;
    }

    /**
     * With one child replaced, and joined with a neighbour if it is sparse and one has room. The change in live keys
     * comes from the caller: the child may be the one that is there already, changed in place.
     */
    Branch withChild(long writerEdit, int slot, Node child, long liveChange) {
        Branch branch = edit == writerEdit ? this : new Branch(this, writerEdit);
        branch.live += liveChange;
        branch.newestMain = Math.max(branch.newestMain, child.newestMain());
        branch.children[slot] = child;
        return child.isSparse() ? branch.withMerged(slot) : branch;
    }

    /** With one child replaced by any number of nodes: none, one or two branches. */
    Siblings splice(long writerEdit, int slot, Siblings replacement) {
        int size = children.length - 1 + replacement.size();
        if (size == 0) {
            return Siblings.NONE;
        }
        Node[] newChildren = new Node[size];
        System.arraycopy(children, 0, newChildren, 0, slot);
        System.arraycopy(replacement.nodes(), 0, newChildren, slot, replacement.size());
        int behind = slot + replacement.size();
        System.arraycopy(children, slot + 1, newChildren, behind, size - behind);
        byte[][] newSeparators = splicedSeparators(slot, replacement, size - 1);
        if (size <= MAX_CHILDREN) {
            return Siblings.of(new Branch(writerEdit, newChildren, newSeparators));
        }
        // Ascending keys grow the tree at the end: leave full branches behind.
        return split(writerEdit, newChildren, newSeparators, behind == size ? size - 2 : size / 2);
    }

    /** One branch for two neighbours; null if it would be rather full. */
    static @Nullable Branch merged(Branch left, byte[] separator, Branch right) {
        int size = left.children.length + right.children.length;
        if (size > MERGED_CHILDREN) {
            return null;
        }
        Node[] children = Arrays.copyOf(left.children, size);
        System.arraycopy(right.children, 0, children, left.children.length, right.children.length);
        byte[][] separators = Arrays.copyOf(left.separators, size - 1);
        separators[left.separators.length] = separator;
        System.arraycopy(right.separators, 0, separators, left.children.length, right.separators.length);
        return new Branch(Math.max(left.edit, right.edit), children, separators);
    }

    private Branch withMerged(int slot) {
        for (int left = slot; left >= Math.max(0, slot - 1); left--) {
            if (left + 1 < children.length) {
                Node merged = Node.merged(children[left], separators[left], children[left + 1]);
                if (merged != null) {
                    return withPairReplaced(left, merged);
                }
            }
        }
        return this;
    }

    private Branch withPairReplaced(int left, Node merged) {
        Node[] newChildren = new Node[children.length - 1];
        System.arraycopy(children, 0, newChildren, 0, left);
        newChildren[left] = merged;
        System.arraycopy(children, left + 2, newChildren, left + 1, newChildren.length - left - 1);
        byte[][] newSeparators = new byte[separators.length - 1][];
        System.arraycopy(separators, 0, newSeparators, 0, left);
        System.arraycopy(separators, left + 1, newSeparators, left, newSeparators.length - left);
        return new Branch(edit, newChildren, newSeparators);
    }

    private byte[][] splicedSeparators(int slot, Siblings replacement, int length) {
        byte[][] spliced = new byte[length][];
        if (replacement.size() == 0) {
            // The gap goes to a neighbour: one separator of the removed child is dropped.
            int dropped = Math.max(0, slot - 1);
            System.arraycopy(separators, 0, spliced, 0, dropped);
            System.arraycopy(separators, dropped + 1, spliced, dropped, length - dropped);
            return spliced;
        }
        int added = replacement.separators().length;
        System.arraycopy(separators, 0, spliced, 0, slot);
        System.arraycopy(replacement.separators(), 0, spliced, slot, added);
        System.arraycopy(separators, slot, spliced, slot + added, separators.length - slot);
        return spliced;
    }

    private static Siblings split(long edit, Node[] children, byte[][] separators, int leftSize) {
        Branch left = new Branch(edit, Arrays.copyOf(children, leftSize), Arrays.copyOf(separators, leftSize - 1));
        Branch right = new Branch(
                edit,
                Arrays.copyOfRange(children, leftSize, children.length),
                Arrays.copyOfRange(separators, leftSize, separators.length));
        return new Siblings(new Node[] {left, right}, new byte[][] {separators[leftSize - 1]});
    }
}
