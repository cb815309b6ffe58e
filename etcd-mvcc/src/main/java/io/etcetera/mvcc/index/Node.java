package io.etcetera.mvcc.index;

import org.jspecify.annotations.Nullable;

/** A node of the tree: a page of keys, or a branch over nodes. */
sealed interface Node permits Leaf, Branch {

    /** How many keys below have a put as their newest revision. */
    long live();

    /** No revision below has a main above this. */
    long newestMain();

    /** Whether the node holds so little that it should join a neighbour. */
    boolean isSparse();

    /** One node for two neighbours of equal height; null if it would be too full. */
    static @Nullable Node merged(Node left, byte[] separator, Node right) {
        if (left instanceof Leaf leftLeaf && right instanceof Leaf rightLeaf) {
            return Leaf.merged(leftLeaf, rightLeaf);
        }
        if (left instanceof Branch leftBranch && right instanceof Branch rightBranch) {
            return Branch.merged(leftBranch, separator, rightBranch);
        }
        throw new IllegalArgumentException("nodes of different height");
    }

    /** The leaf that holds the key if any leaf does. */
    static Leaf leafFor(Node root, byte[] key) {
        Node node = root;
        while (node instanceof Branch branch) {
            node = branch.child(branch.slotFor(key));
        }
        return (Leaf) node;
    }
}
