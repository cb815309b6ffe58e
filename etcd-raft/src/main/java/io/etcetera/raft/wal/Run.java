package io.etcetera.raft.wal;

import java.util.Arrays;

/**
 * Where the live entries of one segment are: consecutive indexes, 4 bytes each. The appending thread adds; readers look
 * up only what was added before the {@link View} that led them here was published. An entry once added never moves:
 * whoever drops entries makes a new run.
 */
final class Run {
    private static final int INITIAL_CAPACITY = 64;

    private final Segment segment;
    private final long firstIndex;
    /** Offsets in units of the record alignment, so that an int reaches 16 GiB. */
    private int[] offsets;

    private int count;

    Run(Segment segment, long firstIndex) {
        this(segment, firstIndex, new int[INITIAL_CAPACITY], 0);
    }

    private Run(Segment segment, long firstIndex, int[] offsets, int count) {
        this.segment = segment;
        this.firstIndex = firstIndex;
        this.offsets = offsets;
        this.count = count;
    }

    Segment segment() {
        return segment;
    }

    long firstIndex() {
        return firstIndex;
    }

    /** The index behind the last one here. */
    long endIndex() {
        return firstIndex + count;
    }

    void add(long offset) {
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count + (count >> 1));
        }
        offsets[count++] = (int) (offset / RecordFormat.ALIGNMENT);
    }

    long offset(long index) {
        return Integer.toUnsignedLong(offsets[(int) (index - firstIndex)]) * RecordFormat.ALIGNMENT;
    }

    /** The same without the entries at or behind {@code nextIndex}; empty and starting there if that is all of them. */
    Run cut(long nextIndex) {
        if (nextIndex <= firstIndex) {
            return new Run(segment, nextIndex);
        }
        if (nextIndex >= endIndex()) {
            return this;
        }
        int kept = (int) (nextIndex - firstIndex);
        return new Run(segment, firstIndex, Arrays.copyOf(offsets, Math.max(kept, INITIAL_CAPACITY)), kept);
    }
}
