package io.etcetera.mvcc.index;

/**
 * Nodes that take the place of one node, in key order. Between two neighbours stands a separator: keys left of it are
 * below it, keys right of it are not.
 */
record Siblings(Node[] nodes, byte[][] separators) {
    static final Siblings NONE = new Siblings(new Node[0], new byte[0][]);

    static Siblings of(Node node) {
        return new Siblings(new Node[] {node}, NONE.separators);
    }

    int size() {
        return nodes.length;
    }

    Node node(int index) {
        return nodes[index];
    }
}
