package io.etcetera.mvcc.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The revisions of a key that no longer fit in its leaf: runs (see {@link RunReader}) in the order in which they were
 * filled, so a lookup is a binary search over their heads and a short walk inside one.
 *
 * <p>Immutable to whoever holds one, yet adding a run costs no copy of the others: histories of the same key share an
 * array, each looks only at its first {@code count} slots, and the one writer fills the next slot before it publishes
 * the history that counts it. Compaction makes a new array, so it never disturbs a history held by a reader.
 */
final class History {
    private final byte[][] runs;
    private final int count;

    private History(byte[][] runs, int count) {
        this.runs = runs;
        this.count = count;
    }

    /** The given history, if any, and a newer run behind it. Only ever called on the newest history of a key. */
    static History append(@Nullable History history, byte[] run) {
        if (history == null) {
            return new History(new byte[][] {run}, 1);
        }
        byte[][] runs = history.runs;
        if (runs.length == history.count) {
            runs = Arrays.copyOf(runs, 2 * runs.length);
        }
        runs[history.count] = run;
        return new History(runs, history.count + 1);
    }

    /** Puts the reader on the newest revision with a main of at most {@code atMain}; false if there is none. */
    boolean seekAtMost(long atMain, RunReader reader) {
        int run = firstRunAfter(atMain, Long.MAX_VALUE, reader);
        if (run < count) {
            reader.open(runs[run]);
            if (reader.seekAtMost(atMain)) {
                return true;
            }
        }
        if (run == 0) {
            return false;
        }
        reader.open(runs[run - 1]);
        return true;
    }

    boolean contains(long main, long sub, RunReader reader) {
        int run = firstRunAfter(main, sub, reader);
        if (run < count) {
            reader.open(runs[run]);
            if (reader.seekExactly(main, sub)) {
                return true;
            }
        }
        if (run == 0) {
            return false;
        }
        reader.open(runs[run - 1]);
        return reader.main == main && reader.sub == sub;
    }

    /** Visits revisions with a main of at least {@code fromMain}, newest first. */
    void since(long fromMain, RunReader reader, KeyIndex.RevisionVisitor visitor) {
        for (int run = count - 1; run >= 0; run--) {
            reader.open(runs[run]);
            do {
                if (reader.main < fromMain) {
                    return;
                }
                visitor.visit(reader.main, reader.sub, reader.tombstone);
            } while (reader.older());
        }
    }

    /**
     * Without the revisions that a compaction at {@code atMain} drops, given that all revisions outside this history are
     * newer than {@code atMain}.
     *
     * @return this if nothing was dropped, null if nothing is left
     */
    @Nullable
    History compacted(long atMain, RunReader reader) {
        int newer = firstRunAfter(atMain, Long.MAX_VALUE, reader);
        if (newer < count) {
            reader.open(runs[newer]);
            if (reader.seekAtMost(atMain)) {
                return startingAt(newer, Compaction.cut(reader, atMain));
            }
        }
        if (newer == 0) {
            return this;
        }
        reader.open(runs[newer - 1]);
        return startingAt(newer - 1, Compaction.cut(reader, atMain));
    }

    /** The runs from {@code run} on, and of that one only the first {@code keptBytes}. */
    private @Nullable History startingAt(int run, int keptBytes) {
        int first = keptBytes == 0 ? run + 1 : run;
        if (first == count) {
            return null;
        }
        boolean whole = keptBytes == 0 || keptBytes == runs[run].length;
        if (first == 0 && whole) {
            return this;
        }
        byte[][] left = Arrays.copyOfRange(runs, first, count);
        if (!whole) {
            left[0] = Arrays.copyOf(runs[run], keptBytes);
        }
        return new History(left, left.length);
    }

    /** Index of the first run whose newest revision is after (main, sub); {@code count} if none is. */
    private int firstRunAfter(long main, long sub, RunReader reader) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            reader.open(runs[middle]);
            if (reader.isAfter(main, sub)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
