package io.etcetera.mvcc.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A page of neighbouring keys, each with a run of its newest revisions, packed into one array; what all keys begin with
 * is held once, beside it. Immutable.
 *
 * <pre>
 * page    u16 count, u16 offset of each entry, entries in key order
 * entry   suffix length (one byte, or two with the top bit set), suffix, run (to the next entry or the end)
 * </pre>
 *
 * A page of two or more entries is at most {@link #MAX_PAGE_BYTES} long. A key of any length fits: alone in a leaf, it is
 * all prefix, and the page holds nothing but its run. The histories, if there are any, stand parallel to the entries.
 */
final class Leaf implements Node {
    /**
     * Chosen by measurement: at a million keys of 48 bytes in 1000 namespaces, pages of 512, 1024 and 2048 bytes take
     * 31, 27 and 25 bytes a key, and an update makes 1.2, 1.5 and 2.1 KB of garbage.
     */
    static final int MAX_PAGE_BYTES = 1024;

    private static final int SPARSE_PAGE_BYTES = MAX_PAGE_BYTES / 4;
    private static final int MERGED_PAGE_BYTES = MAX_PAGE_BYTES * 3 / 4;

    private static final byte[] NO_PREFIX = {};

    static final Leaf EMPTY = new Leaf(NO_PREFIX, new byte[2], null, 0, 0);

    private final byte[] prefix;
    private final byte[] page;
    private final @Nullable History @Nullable [] histories;
    private final int live;
    private final long newestMain;

    Leaf(byte[] prefix, byte[] page, @Nullable History @Nullable [] histories, int live, long newestMain) {
        this.prefix = prefix.length == 0 ? NO_PREFIX : prefix;
        this.page = page;
        this.histories = histories;
        this.live = live;
        this.newestMain = newestMain;
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
        return page.length < SPARSE_PAGE_BYTES;
    }

    int count() {
        return Bytes.u16(page, 0);
    }

    int pageLength() {
        return page.length;
    }

    /** Index of the key, or the complement of the index where it would be inserted. */
    int find(byte[] key) {
        int byPrefix = Arrays.compareUnsigned(key, 0, Math.min(key.length, prefix.length), prefix, 0, prefix.length);
        if (byPrefix != 0) {
            return byPrefix < 0 ? ~0 : ~count();
        }
        int low = 0;
        int high = count() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int suffix = suffixStart(middle);
            int order =
                    Arrays.compareUnsigned(key, prefix.length, key.length, page, suffix, suffix + suffixLength(middle));
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                high = middle - 1;
            } else {
                low = middle + 1;
            }
        }
        return ~low;
    }

    /** Index of the first key that is not below {@code key}. */
    int lowerBound(byte[] key) {
        int index = find(key);
        return index < 0 ? ~index : index;
    }

    byte[] key(int index) {
        int suffixLength = suffixLength(index);
        byte[] key = Arrays.copyOf(prefix, prefix.length + suffixLength);
        System.arraycopy(page, suffixStart(index), key, prefix.length, suffixLength);
        return key;
    }

    /** Puts the reader on the newest revision of a key. */
    void open(int index, RunReader reader) {
        reader.open(page, runStart(index), entryEnd(index));
    }

    byte[] run(int index) {
        return Arrays.copyOfRange(page, runStart(index), entryEnd(index));
    }

    @Nullable
    History history(int index) {
        return histories == null ? null : histories[index];
    }

    /** With another run and history for a key; null if the page would be too long. */
    @Nullable
    Leaf withRun(int index, RunWriter run, @Nullable History history) {
        int start = runStart(index);
        int end = entryEnd(index);
        int grown = run.length() - (end - start);
        int count = count();
        if (page.length + grown > MAX_PAGE_BYTES && count > 1) {
            return null;
        }
        byte[] copy = new byte[page.length + grown];
        System.arraycopy(page, 0, copy, 0, start);
        System.arraycopy(run.bytes(), 0, copy, start, run.length());
        System.arraycopy(page, end, copy, start + run.length(), page.length - end);
        if (grown != 0) {
            for (int i = index + 1; i < count; i++) {
                Bytes.putU16(copy, offsetSlot(i), Bytes.u16(page, offsetSlot(i)) + grown);
            }
        }
        int wasLive = (page[start] & RunReader.HEAD_TOMBSTONE) == 0 ? 1 : 0;
        int isLive = run.isLive() ? 1 : 0;
        return new Leaf(
                prefix,
                copy,
                historiesWith(index, history, count),
                live + isLive - wasLive,
                Math.max(newestMain, run.main()));
    }

    /** With one more key; null if the page would be too long or the key does not begin like the others. */
    @Nullable
    Leaf withKey(int index, byte[] key, RunWriter run) {
        int count = count();
        int suffixLength = key.length - prefix.length;
        if (count == 0 || suffixLength > MAX_PAGE_BYTES || !Bytes.startsWith(key, prefix)) {
            return null;
        }
        int entryLength = suffixLengthBytes(suffixLength) + suffixLength + run.length();
        int grown = 2 + entryLength;
        if (page.length + grown > MAX_PAGE_BYTES) {
            return null;
        }
        int oldEntries = offsetSlot(count);
        int oldStart = index < count ? entryStart(index) : page.length;
        int newStart = oldStart + 2;
        byte[] copy = new byte[page.length + grown];
        Bytes.putU16(copy, 0, count + 1);
        for (int i = 0; i < index; i++) {
            Bytes.putU16(copy, offsetSlot(i), entryStart(i) + 2);
        }
        Bytes.putU16(copy, offsetSlot(index), newStart);
        for (int i = index; i < count; i++) {
            Bytes.putU16(copy, offsetSlot(i + 1), entryStart(i) + grown);
        }
        System.arraycopy(page, oldEntries, copy, oldEntries + 2, oldStart - oldEntries);
        int suffix = putSuffixLength(copy, newStart, suffixLength);
        System.arraycopy(key, prefix.length, copy, suffix, suffixLength);
        System.arraycopy(run.bytes(), 0, copy, suffix + suffixLength, run.length());
        System.arraycopy(page, oldStart, copy, newStart + entryLength, page.length - oldStart);
        return new Leaf(
                prefix,
                copy,
                historiesWithGap(index, count),
                live + (run.isLive() ? 1 : 0),
                Math.max(newestMain, run.main()));
    }

    /** One leaf for two neighbours; null if its page would be rather full. */
    static @Nullable Leaf merged(Leaf left, Leaf right) {
        int together = left.page.length + right.page.length;
        if (together > MERGED_PAGE_BYTES) {
            return null;
        }
        int prefixLength = Bytes.commonPrefixLength(left.prefix, right.prefix);
        long lengthened = left.lengthenedBy(prefixLength) + right.lengthenedBy(prefixLength);
        if (together + lengthened > MERGED_PAGE_BYTES) {
            return null;
        }
        Siblings merged = new LeafBuilder()
                .add(left, 0, left.count())
                .add(right, 0, right.count())
                .build();
        return merged.size() == 1 ? (Leaf) merged.node(0) : null;
    }

    /** At most how much longer the page gets with a shorter prefix. */
    private long lengthenedBy(int shorterPrefix) {
        int moved = prefix.length - shorterPrefix;
        return moved == 0 ? 0 : (moved + 1L) * count();
    }

    private @Nullable History @Nullable [] historiesWith(int index, @Nullable History history, int count) {
        if (history(index) == history) {
            return histories;
        }
        @Nullable History[] copy = histories == null ? new History[count] : histories.clone();
        copy[index] = history;
        return copy;
    }

    private @Nullable History @Nullable [] historiesWithGap(int index, int count) {
        if (histories == null) {
            return null;
        }
        @Nullable History[] copy = new History[count + 1];
        System.arraycopy(histories, 0, copy, 0, index);
        System.arraycopy(histories, index, copy, index + 1, count - index);
        return copy;
    }

    /** Where in a page the offset of an entry stands; for index = count, where the entries start. */
    static int offsetSlot(int index) {
        return 2 + 2 * index;
    }

    static int suffixLengthBytes(int suffixLength) {
        return suffixLength < 0x80 ? 1 : 2;
    }

    /** Writes the length of a suffix and returns the position behind it. */
    static int putSuffixLength(byte[] page, int at, int suffixLength) {
        if (suffixLength < 0x80) {
            page[at] = (byte) suffixLength;
            return at + 1;
        }
        Bytes.putU16(page, at, suffixLength | 0x8000);
        return at + 2;
    }

    private int entryStart(int index) {
        return Bytes.u16(page, offsetSlot(index));
    }

    private int entryEnd(int index) {
        return index + 1 < count() ? entryStart(index + 1) : page.length;
    }

    private int suffixLength(int index) {
        int start = entryStart(index);
        return page[start] >= 0 ? page[start] : Bytes.u16(page, start) & 0x7fff;
    }

    private int suffixStart(int index) {
        int start = entryStart(index);
        return page[start] >= 0 ? start + 1 : start + 2;
    }

    private int runStart(int index) {
        int start = entryStart(index);
        int length = page[start];
        return length >= 0 ? start + 1 + length : start + 2 + (Bytes.u16(page, start) & 0x7fff);
    }
}
