package io.etcetera.mvcc.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An inner node: children with separators between them. Belongs to the writer, which changes children in place, while
 * its {@code edit} is the writer's current one; from the next publication on it is immutable, and a change makes a copy.
 * The separators are immutable.
 */
final class Branch implements Node {
    static final int MAX_CHILDREN = 64;

    private static final int SPARSE_CHILDREN = MAX_CHILDREN / 4;
    private static final int MERGED_CHILDREN = MAX_CHILDREN * 3 / 4;

    private final long edit;
    private final Node[] children;
    private final Separators separators;
    private long live;
    private long newestMain;

    Branch(long edit, Node[] children, Separators separators) {
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
        return separators.countUpTo(key);
    }

    /** The separator right of a child; null for the last one. */
    byte @Nullable [] separatorAfter(int slot) {
        return slot < separators.count() ? separators.get(slot) : null;
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
        Separators newSeparators = spliced(slot, replacement);
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
        return new Branch(Math.max(left.edit, right.edit), children, left.separators.join(separator, right.separators));
    }

    private Branch withMerged(int slot) {
        for (int left = slot; left >= Math.max(0, slot - 1); left--) {
            if (left + 1 < children.length) {
                Node merged = Node.merged(children[left], separators.get(left), children[left + 1]);
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
        return new Branch(edit, newChildren, separators.splice(left, left + 1));
    }

    private Separators spliced(int slot, Siblings replacement) {
        if (replacement.size() > 0) {
            return separators.splice(slot, slot, replacement.separators());
        }
        // The gap goes to a neighbour: one separator of the removed child is dropped.
        int dropped = Math.max(0, slot - 1);
        return separators.splice(dropped, dropped + 1);
    }

    private static Siblings split(long edit, Node[] children, Separators separators, int leftSize) {
        Branch left = new Branch(edit, Arrays.copyOf(children, leftSize), separators.slice(0, leftSize - 1));
        Branch right = new Branch(
                edit,
                Arrays.copyOfRange(children, leftSize, children.length),
                separators.slice(leftSize, separators.count()));
        return new Siblings(new Node[] {left, right}, new byte[][] {separators.get(leftSize - 1)});
    }
}
