package io.etcetera.mvcc.index;

import io.etcetera.mvcc.KeyRange;
import org.jspecify.annotations.Nullable;

/** Goes through the leaves that hold keys of a range, in key order. */
abstract class RangeWalk {

    /**
     * Called before a node is entered.
     *
     * @param whole whether all its keys are in the range
     * @return true to pass over the node
     */
    abstract boolean skip(Node node, boolean whole);

    /** Visits the entries [from, to) of a leaf; false stops the walk. */
    abstract boolean visit(Leaf leaf, int from, int to);

    final void run(Node root, KeyRange range) {
        if (range.isSingle()) {
            Leaf leaf = Node.leafFor(root, range.start());
            int index = leaf.find(range.start());
            if (index >= 0) {
                visit(leaf, index, index + 1);
            }
        } else if (!range.isEmpty()) {
            walk(root, range.start(), range.isOpenEnded() ? null : range.end());
        }
    }

    /** A bound of null lies outside the node. */
    private boolean walk(Node node, byte @Nullable [] start, byte @Nullable [] end) {
        if (skip(node, start == null && end == null)) {
            return true;
        }
        if (node instanceof Leaf leaf) {
            int from = start == null ? 0 : leaf.lowerBound(start);
            int to = end == null ? leaf.count() : leaf.lowerBound(end);
            return from >= to || visit(leaf, from, to);
        }
        Branch branch = (Branch) node;
        int first = start == null ? 0 : branch.slotFor(start);
        int last = end == null ? branch.size() - 1 : branch.slotFor(end);
        for (int slot = first; slot <= last; slot++) {
            if (!walk(branch.child(slot), slot == first ? start : null, slot == last ? end : null)) {
                return false;
            }
        }
        return true;
    }
}
