package io.etcetera.raft.wal;

import java.util.ArrayList;
import java.util.List;

/**
 * The segments, oldest first, and the log's bounds. The last segment is the one written to. Owned by the appending thread
 * (by the opening thread before). Invariant: the runs of the segments follow each other without gap or overlap, and the
 * last one ends at {@code nextIndex}.
 */
final class SegmentList {
    private final List<Segment> segments = new ArrayList<>();
    private long firstIndex;
    private long nextIndex;
    /** Number of the last batch written. */
    private long batch;

    private boolean sealed = true;

    /** An empty log whose next segment continues at these bounds and at the batch behind this one. */
    SegmentList(long firstIndex, long nextIndex, long batch) {
        this.firstIndex = firstIndex;
        this.nextIndex = nextIndex;
        this.batch = batch;
    }

    long firstIndex() {
        return firstIndex;
    }

    long nextIndex() {
        return nextIndex;
    }

    long batch() {
        return batch;
    }

    /** Whether the last batch changed nothing and only proves that all before it was durable; true if there is none. */
    boolean isSealed() {
        return sealed;
    }

    List<Segment> all() {
        return segments;
    }

    Segment active() {
        return segments.get(segments.size() - 1);
    }

    /** The header that the next segment must have, but for the salt. */
    SegmentHeader nextHeader(long salt) {
        long sequence = segments.isEmpty() ? 0 : active().header().sequence() + 1;
        return new SegmentHeader(sequence, firstIndex, nextIndex, batch + 1, salt);
    }

    void add(Segment segment) {
        segments.add(segment);
    }

    /** Whether a batch with these bounds may come next. */
    boolean accepts(long newFirstIndex, long newNextIndex) {
        boolean narrows = newFirstIndex >= firstIndex && newNextIndex <= nextIndex && newFirstIndex <= newNextIndex;
        return narrows || newFirstIndex == newNextIndex;
    }

    /** Begins the next batch, dropping what lies outside its bounds, which must be acceptable. */
    void beginBatch(long newFirstIndex, long newNextIndex) {
        batch++;
        sealed = newFirstIndex == firstIndex && newNextIndex == nextIndex;
        if (newNextIndex > nextIndex) {
            // The log jumps ahead and is empty: nothing of what is here can stay.
            segments.forEach(segment -> segment.run(new Run(segment, newNextIndex)));
        } else if (newNextIndex < nextIndex) {
            segments.forEach(segment -> segment.run(segment.run().cut(newNextIndex)));
        }
        firstIndex = newFirstIndex;
        nextIndex = newNextIndex;
    }

    /** The entry with the next index now stands at this offset of the last segment. */
    void addEntry(long offset) {
        active().run().add(offset);
        nextIndex++;
        sealed = false;
    }

    /** The first index from which on entries are here, whatever the bounds say. */
    long heldFrom() {
        return segments.isEmpty() ? nextIndex : segments.get(0).run().firstIndex();
    }

    /** Takes out the oldest segments that hold nothing within the bounds; never the last. */
    List<Segment> removeUnneeded() {
        int count = 0;
        while (count < segments.size() - 1 && segments.get(count).run().endIndex() <= firstIndex) {
            count++;
        }
        List<Segment> head = segments.subList(0, count);
        List<Segment> removed = List.copyOf(head);
        head.clear();
        return removed;
    }

    View view() {
        Run[] runs = new Run[segments.size()];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = segments.get(i).run();
        }
        return new View(runs, firstIndex, nextIndex);
    }
}
