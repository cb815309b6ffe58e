package io.etcetera.raft.wal;

import java.io.IOException;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes batches behind the log's end and begins new segments. Owned by the appending thread. After an exception it must
 * not be used again: what is on disk, and what the segment list says, is then uncertain.
 */
final class LogWriter {
    /** When this part of a segment is full, it is time to prepare the next one. */
    private static final int PREPARE_AT_FRACTION = 4;

    private final SegmentList log;
    private final SegmentMaker maker;
    private final LongSupplier nanoTime;
    private final LongSupplier salts;
    private final BatchWriter writer = new BatchWriter();

    LogWriter(SegmentList log, SegmentMaker maker, WalEnvironment environment) {
        this.log = log;
        this.maker = maker;
        this.nanoTime = environment.nanoTime();
        this.salts = environment.salts();
    }

    /**
     * What a write came to.
     *
     * @param writeNanos time spent in writing
     * @param syncNanos time spent in fdatasync
     * @param bytes bytes written
     */
    record Written(long writeNanos, long syncNanos, long bytes) {
        Written plus(Written other) {
            return new Written(writeNanos + other.writeNanos, syncNanos + other.syncNanos, bytes + other.bytes);
        }
    }

    /**
     * Writes a batch that sets the log's bounds and adds entries, and makes it durable. Where it does not fit into the
     * segment it goes on in the next as a batch of its own.
     */
    Written write(long firstIndex, long nextIndex, List<WalEntry> entries) throws IOException {
        Written written = new Written(0, 0, 0);
        long firstRecordBytes = entries.isEmpty() ? 0 : recordBytes(entries.get(0));
        if (!log.active().hasRoom(RecordFormat.BATCH_MARK_BYTES + firstRecordBytes)) {
            beginSegment();
        }
        long start = beginBatch(firstIndex, nextIndex);
        for (WalEntry entry : entries) {
            if (!log.active().hasRoom(recordBytes(entry))) {
                written = written.plus(sync(start));
                beginSegment();
                start = beginBatch(log.firstIndex(), log.nextIndex());
            }
            long offset = log.active().position();
            writer.putEntry(log.active(), log.batch(), entry);
            log.addEntry(offset);
        }
        written = written.plus(sync(start));
        prepareNextSegment();
        return written;
    }

    /** Makes sure that the last batch is an empty one, which proves that everything before was durable. */
    void seal() throws IOException {
        if (!log.isSealed()) {
            long start = beginBatch(log.firstIndex(), log.nextIndex());
            sync(start);
        }
    }

    private static long recordBytes(WalEntry entry) {
        return RecordFormat.recordBytes(entry.data().length);
    }

    private long beginBatch(long firstIndex, long nextIndex) throws IOException {
        long start = log.active().position();
        log.beginBatch(firstIndex, nextIndex);
        writer.putBatchMark(log.active(), log.batch(), firstIndex, nextIndex);
        return start;
    }

    private Written sync(long start) throws IOException {
        Segment segment = log.active();
        long begin = nanoTime.getAsLong();
        writer.flush(segment);
        long written = nanoTime.getAsLong();
        segment.file().force(false);
        return new Written(written - begin, nanoTime.getAsLong() - written, segment.position() - start);
    }

    /** The segment so far must be durable: the new one's existence is the proof that it was. */
    private void beginSegment() throws IOException {
        log.add(maker.make(log.nextHeader(salts.getAsLong())));
    }

    private void prepareNextSegment() {
        Segment segment = log.active();
        if (segment.position() > segment.preallocatedBytes() / PREPARE_AT_FRACTION) {
            maker.prepare();
        }
    }
}
