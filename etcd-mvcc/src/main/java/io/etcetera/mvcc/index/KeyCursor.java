package io.etcetera.mvcc.index;

/** A version of a key during a scan; valid only until the visit returns. */
public final class KeyCursor extends IndexEntry {
    private Leaf leaf = Leaf.EMPTY;
    private int index;

    KeyCursor() {}

    /** The key, copied at each call. */
    public byte[] key() {
        return leaf.key(index);
    }

    /** Moves to the version of a key at a main revision; false if the key is not alive there. */
    boolean moveTo(Leaf newLeaf, int newIndex, long atMain) {
        leaf = newLeaf;
        index = newIndex;
        return Versions.seekAlive(newLeaf, newIndex, atMain, reader);
    }
}
