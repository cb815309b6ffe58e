package io.etcetera.mvcc.index;

/** Questions about all revisions of one key: those in its leaf, and behind them those in its history. */
final class Versions {
    private Versions() {}

    /** Puts the reader on the version that a key has at a main revision; false if it is not alive there. */
    static boolean seekAlive(Leaf leaf, int index, long atMain, RunReader reader) {
        leaf.open(index, reader);
        if (reader.seekAtMost(atMain)) {
            return !reader.tombstone;
        }
        History history = leaf.history(index);
        return history != null && history.seekAtMost(atMain, reader) && !reader.tombstone;
    }

    static boolean contains(Leaf leaf, int index, long main, long sub, RunReader reader) {
        leaf.open(index, reader);
        if (reader.seekExactly(main, sub)) {
            return true;
        }
        // Revisions of the run are all newer than those of the history.
        History history = reader.isAfter(main, sub) ? leaf.history(index) : null;
        return history != null && history.contains(main, sub, reader);
    }

    /** Visits the revisions of a key with a main of at least {@code fromMain}, newest first. */
    static void since(Leaf leaf, int index, long fromMain, RunReader reader, KeyIndex.RevisionVisitor visitor) {
        leaf.open(index, reader);
        do {
            if (reader.main < fromMain) {
                return;
            }
            visitor.visit(reader.main, reader.sub, reader.tombstone);
        } while (reader.older());
        History history = leaf.history(index);
        if (history != null) {
            history.since(fromMain, reader, visitor);
        }
    }
}
