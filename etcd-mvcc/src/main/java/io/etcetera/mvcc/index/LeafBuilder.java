package io.etcetera.mvcc.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lays out leaves anew from a list of entries in key order: the general way for whatever {@link Leaf} cannot do by
 * shifting bytes (splits, merges, a shorter common prefix, compaction).
 */
final class LeafBuilder {
    private record Entry(byte[] key, byte[] run, @Nullable History history) {}

    private final List<Entry> entries = new ArrayList<>();
    private int inserted = -1;

    /** Adds the entries [from, to) of a leaf. */
    LeafBuilder add(Leaf leaf, int from, int to) {
        for (int i = from; i < to; i++) {
            add(leaf.key(i), leaf.run(i), leaf.history(i));
        }
        return this;
    }

    LeafBuilder add(byte[] key, byte[] run, @Nullable History history) {
        entries.add(new Entry(key, run, history));
        return this;
    }

    /** Adds a key that is new to the tree, which says where to split. */
    LeafBuilder insert(byte[] key, byte[] run) {
        inserted = entries.size();
        return add(key, run, null);
    }

    /** As many leaves as it takes, none for no entries. */
    Siblings build() {
        if (entries.isEmpty()) {
            return Siblings.NONE;
        }
        List<Node> leaves = new ArrayList<>();
        List<byte[]> separators = new ArrayList<>();
        build(0, entries.size(), leaves, separators);
        return new Siblings(leaves.toArray(new Node[0]), separators.toArray(new byte[0][]));
    }

    private void build(int from, int to, List<Node> leaves, List<byte[]> separators) {
        byte[] first = entries.get(from).key;
        int prefixLength = Bytes.commonPrefixLength(first, entries.get(to - 1).key);
        long pageLength = pageLength(from, to, prefixLength);
        if (to - from == 1 || pageLength <= Leaf.MAX_PAGE_BYTES) {
            leaves.add(leaf(from, to, Arrays.copyOf(first, prefixLength), (int) pageLength));
            return;
        }
        int split = splitPoint(from, to, prefixLength, pageLength);
        build(from, split, leaves, separators);
        separators.add(Bytes.separator(entries.get(split - 1).key, entries.get(split).key));
        build(split, to, leaves, separators);
    }

    /**
     * A key put behind all others starts a page of its own, so that ascending keys leave full pages behind. So does one
     * put before all others, if it alone makes the common prefix short. Else the middle of the bytes.
     */
    private int splitPoint(int from, int to, int prefixLength, long pageLength) {
        if (inserted == to - 1) {
            return to - 1;
        }
        if (inserted == from
                && Bytes.commonPrefixLength(entries.get(from + 1).key, entries.get(to - 1).key) > prefixLength) {
            return from + 1;
        }
        long left = 0;
        int split = from;
        do {
            left += entryLength(entries.get(split++), prefixLength);
        } while (split < to - 1 && left + entryLength(entries.get(split), prefixLength) <= pageLength / 2);
        return split;
    }

    private long pageLength(int from, int to, int prefixLength) {
        long length = 2;
        for (int i = from; i < to; i++) {
            length += entryLength(entries.get(i), prefixLength);
        }
        return length;
    }

    /** Including the entry's offset. */
    private static long entryLength(Entry entry, int prefixLength) {
        int suffixLength = entry.key.length - prefixLength;
        return 2L + Leaf.suffixLengthBytes(suffixLength) + suffixLength + entry.run.length;
    }

    private Leaf leaf(int from, int to, byte[] prefix, int pageLength) {
        int count = to - from;
        byte[] page = new byte[pageLength];
        @Nullable History @Nullable [] histories = null;
        RunReader reader = new RunReader();
        int live = 0;
        long newestMain = 0;
        Bytes.putU16(page, 0, count);
        int at = Leaf.offsetSlot(count);
        for (int i = 0; i < count; i++) {
            Entry entry = entries.get(from + i);
            int suffixLength = entry.key.length - prefix.length;
            Bytes.putU16(page, Leaf.offsetSlot(i), at);
            at = Leaf.putSuffixLength(page, at, suffixLength);
            System.arraycopy(entry.key, prefix.length, page, at, suffixLength);
            System.arraycopy(entry.run, 0, page, at + suffixLength, entry.run.length);
            at += suffixLength + entry.run.length;
            if (entry.history != null) {
                histories = histories == null ? new History[count] : histories;
                histories[i] = entry.history;
            }
            reader.open(entry.run);
            live += reader.tombstone ? 0 : 1;
            newestMain = Math.max(newestMain, reader.main);
        }
        return new Leaf(prefix, page, histories, live, newestMain);
    }
}
