package io.etcetera.mvcc.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a compaction leaves of the keys in a leaf: of each key the newest revision at or below the compacted one and all
 * newer ones. If that newest one is a tombstone below the compacted revision it goes too; a tombstone exactly at it
 * stays, for watches that start there. Writer thread only.
 */
final class Compaction {
    private final long atMain;
    private final RunReader reader = new RunReader();
    private final RunReader historyReader = new RunReader();

    Compaction(long atMain) {
        this.atMain = atMain;
    }

    /** Where to cut a run off whose reader stands on the newest revision at or below {@code atMain}. */
    static int cut(RunReader reader, long atMain) {
        return reader.tombstone && reader.main < atMain ? reader.start : reader.next;
    }

    /** The leaf with its entries [from, to) compacted; null if they stay as they are. */
    @Nullable
    Siblings apply(Leaf leaf, int from, int to) {
        LeafBuilder builder = null;
        for (int i = from; i < to; i++) {
            leaf.open(i, reader);
            int runStart = reader.start;
            int keptEnd = reader.end;
            History history = leaf.history(i);
            History keptHistory = history;
            if (reader.seekAtMost(atMain)) {
                keptEnd = cut(reader, atMain);
                keptHistory = null;
            } else if (history != null) {
                keptHistory = history.compacted(atMain, historyReader);
            }
            boolean unchanged = keptEnd == reader.end && keptHistory == history;
            if (builder == null) {
                if (unchanged) {
                    continue;
                }
                builder = new LeafBuilder().add(leaf, 0, i);
            }
            if (keptEnd > runStart) {
                builder.add(leaf.key(i), Arrays.copyOfRange(reader.bytes, runStart, keptEnd), keptHistory);
            }
        }
        return builder == null ? null : builder.add(leaf, to, leaf.count()).build();
    }
}
