package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays the segments of a log that is being opened, and tells what a crash left from what damage did.
 *
 * <p>A crash can hit only the batch that was being written. Until its fdatasync has returned, any of its pages may have
 * reached the disk and any may not, in whatever order; nothing of it has been acknowledged. Everything before it was
 * durable before its first byte was written. So, going through the log record by record, at the first place where none
 * follows that is whole and in sequence:
 *
 * <ul>
 *   <li>In a segment that is not the last: a segment is made only when the one before is durable, and its header says at
 *       which index and batch it continues. If that is where the reading stopped, the segment ended there. If not, it
 *       is damaged.
 *   <li>In the last segment, if the mark of a later batch stands anywhere behind: that batch was begun after the
 *       unreadable place was durable. It is damaged. (Batch marks are 8-aligned and sealed by salt and offset, so
 *       neither stale bytes nor a client's value can pass for one.)
 *   <li>In the last segment, otherwise: the place lies in the last batch, or there is nothing more. The records before
 *       it are kept, whatever is behind is cut off.
 * </ul>
 *
 * <p>Damage stops everything before a single byte is changed. What cannot be told from a torn write is damage to the very
 * last batch; so the log is <em>sealed</em> with an empty batch when it is closed and when it is opened, and what was
 * acknowledged in an earlier run is never taken for torn.
 *
 * <p>Before a seal is written, the last batch is written once more as it was read and made durable: it may have come from
 * a page cache whose write-back failed or never ran, and a process that reads it builds on it. The bytes that were cut
 * off are overwritten with zeros, which is safe to be interrupted in because they hold no batch mark.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final List<Segment> found;
    private final SegmentList log;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(SegmentScanner.CHUNK_BYTES);
    private long lastBatchOffset;

    private Recovery(List<Segment> found) {
        this.found = found;
        SegmentHeader first = found.get(0).header();
        this.log = new SegmentList(first.firstIndex(), first.nextIndex(), first.batch() - 1);
    }

    /**
     * Replays the log and mends its end.
     *
     * @param segments at least one, in order of sequence
     * @return the segments and bounds, ready to be written to
     * @throws WalCorruptException if anything but the unacknowledged end is damaged; nothing has been changed then
     */
    static SegmentList recover(List<Segment> segments) throws IOException {
        Recovery recovery = new Recovery(segments);
        SegmentScanner.Rest rest = recovery.replayAll();
        recovery.checkNothingMissingInFront();
        recovery.mendEnd(rest.endOfBytes());
        return recovery.log;
    }

    private SegmentScanner.Rest replayAll() throws IOException {
        @Nullable Segment previous = null;
        @Nullable SegmentScanner scanner = null;
        for (Segment segment : found) {
            if (previous != null) {
                checkFollows(previous, segment);
            }
            log.add(segment);
            scanner = new SegmentScanner(segment, chunk);
            replay(segment, scanner);
            previous = segment;
        }
        if (previous == null || scanner == null) {
            throw new IllegalArgumentException("no segments to recover");
        }
        SegmentScanner.Rest rest = scanner.examineRest(previous.position(), log.batch());
        if (rest.markOffset() >= 0) {
            throw new WalCorruptException(
                    previous.path(),
                    previous.position(),
                    "expected " + expected() + ", found none that is whole and in sequence, yet a later batch of writes"
                            + " begins at offset " + rest.markOffset() + ", so this place was once durable");
        }
        return rest;
    }

    /** Reads records as long as they are whole and in sequence; leaves the segment's position behind the last. */
    private void replay(Segment segment, SegmentScanner scanner) throws IOException {
        boolean inBatch = false;
        lastBatchOffset = segment.position();
        while (true) {
            long offset = segment.position();
            RecordFormat.Header record = scanner.recordAt(offset);
            if (record == null) {
                return;
            }
            if (record.kind() == RecordFormat.KIND_BATCH) {
                if (record.batch() != log.batch() + 1 || !log.accepts(record.first(), record.second())) {
                    return;
                }
                log.beginBatch(record.first(), record.second());
                inBatch = true;
                lastBatchOffset = offset;
            } else {
                if (!inBatch || record.batch() != log.batch() || record.first() != log.nextIndex()) {
                    return;
                }
                log.addEntry(offset);
            }
            segment.position(offset + record.recordBytes());
        }
    }

    private String expected() {
        return "entry " + log.nextIndex() + " of batch " + log.batch() + " or the mark of batch " + (log.batch() + 1);
    }

    private void checkFollows(Segment previous, Segment segment) throws WalCorruptException {
        SegmentHeader header = segment.header();
        long wanted = previous.header().sequence() + 1;
        if (header.sequence() != wanted) {
            throw new WalCorruptException(
                    segment.path(),
                    0,
                    "expected the segment with sequence number " + wanted + " (a file whose name begins with "
                            + Long.toHexString(wanted) + ") before this one, but it is missing");
        }
        if (!header.equals(log.nextHeader(header.salt()))) {
            throw new WalCorruptException(
                    previous.path(),
                    previous.position(),
                    "expected " + expected() + ", found none that is whole and in sequence, yet the next segment "
                            + segment.path().getFileName() + " continues at index " + header.nextIndex()
                            + " and batch " + header.batch());
        }
    }

    private void checkNothingMissingInFront() throws WalCorruptException {
        boolean empty = log.firstIndex() == log.nextIndex();
        if (!empty && log.heldFrom() > log.firstIndex()) {
            throw new WalCorruptException(
                    found.get(0).path(),
                    0,
                    "expected an earlier segment with the entries from " + log.firstIndex() + " to "
                            + (log.heldFrom() - 1) + ", but it is missing");
        }
    }

    private void mendEnd(long endOfBytes) throws IOException {
        Segment last = log.active();
        Path path = last.path();
        long end = last.position();
        if (endOfBytes > end) {
            LOG.warn(
                    "cutting off a torn write at the end of the write-ahead log: file={} offset={} bytes={} last-index={}",
                    path,
                    end,
                    endOfBytes - end,
                    log.nextIndex() - 1);
        }
        rewrite(last.file(), lastBatchOffset, end);
        Zeros.write(last.file(), end, endOfBytes);
        last.file().force(true);
    }

    private void rewrite(WalFile file, long from, long to) throws IOException {
        long at = from;
        while (at < to) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), to - at));
            int count = file.read(chunk, at);
            if (count <= 0) {
                throw new IOException("the file became shorter while it was read");
            }
            file.write(chunk.flip(), at);
            at += count;
        }
    }
}
