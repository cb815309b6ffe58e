package io.etcetera.raft.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The records of a segment, format version 1. All numbers are big-endian. A segment is a {@link SegmentHeader}, then
 * records one after the other, then zeros up to the end of the preallocated file. Each record starts at a multiple of 8:
 *
 * <pre>
 *  offset  bytes
 *       0      4  CRC32C over: the segment's salt (8), the record's offset in the file (8), bytes 4 to 32 + length
 *       4      4  length of the data
 *       8      1  kind: 1 batch mark, 2 entry
 *       9      7  number of the batch
 *      16      8  batch mark: first index that the log holds     entry: its index
 *      24      8  batch mark: index that the log continues at    entry: its term
 *      32         data (none in a batch mark), then zeros up to a multiple of 8
 * </pre>
 *
 * <p>What is made durable by one fdatasync is a <em>batch</em>: one batch mark and any number of entries. Batches are
 * numbered without gaps through the whole log. A batch is written only after the one before is durable, so <em>a batch
 * mark is proof that everything before it was once on disk</em>; {@link Recovery} rests on that.
 *
 * <p>A batch mark also states the log's bounds as of its place. A mark that continues at a lower index than the entries
 * before it reached drops the ones behind; one with a higher first index drops those in front; one with both equal
 * empties the log. Truncations are thus empty batches: nothing that was written is ever overwritten, and a truncation
 * is either durable as a whole or did not happen. An empty batch that changes no bounds only proves what is before it.
 *
 * <p>Salt and offset in the CRC mean that a record is valid only where it was written: neither a stale one nor a copy of
 * log bytes inside a client's value can be taken for one.
 *
 * <p>An instance computes checksums and belongs to one thread at a time.
 */
final class RecordFormat {
    static final int HEADER_BYTES = 32;
    static final int ALIGNMENT = 8;
    static final int KIND_BATCH = 1;
    static final int KIND_ENTRY = 2;
    static final long BATCH_MARK_BYTES = HEADER_BYTES;

    private static final int KIND_SHIFT = 56;
    private static final long BATCH_MASK = (1L << KIND_SHIFT) - 1;
    private static final int PREFIX_BYTES = 16;

    private final CRC32C crc = new CRC32C();
    private final ByteBuffer scratch = ByteBuffer.allocate(PREFIX_BYTES + HEADER_BYTES);

    /**
     * A record without its data.
     *
     * @param first the index of an entry, the log's first index in a batch mark
     * @param second the term of an entry, the index that the log continues at in a batch mark
     */
    record Header(int crc, int length, int kind, long batch, long first, long second) {
        static Header batchMark(long batch, long firstIndex, long nextIndex) {
            return new Header(0, 0, KIND_BATCH, batch, firstIndex, nextIndex);
        }

        static Header entry(long batch, WalEntry entry) {
            return new Header(0, entry.data().length, KIND_ENTRY, batch, entry.index(), entry.term());
        }

        /** Reads 32 bytes; what they say is not to be trusted before the checksum has been compared. */
        static Header decode(ByteBuffer source) {
            int crc = source.getInt();
            int length = source.getInt();
            long kindAndBatch = source.getLong();
            return new Header(
                    crc, length, kindOf(kindAndBatch), kindAndBatch & BATCH_MASK, source.getLong(), source.getLong());
        }

        long recordBytes() {
            return RecordFormat.recordBytes(length);
        }

        /** Whether the fields that have bounds are within them. */
        boolean isPlausible() {
            return (kind == KIND_BATCH && length == 0) || (kind == KIND_ENTRY && length >= 0);
        }
    }

    /** The kind of record whose second 8 bytes are these. */
    static int kindOf(long kindAndBatch) {
        return (int) (kindAndBatch >>> KIND_SHIFT);
    }

    /** Bytes that a record with so much data takes, padding included. */
    static long recordBytes(int length) {
        return (HEADER_BYTES + (long) length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    /** Begins a checksum; the header's own {@code crc} takes no part. Feed the data next, then ask for the value. */
    RecordFormat begin(long salt, long offset, Header header) {
        scratch.clear()
                .putLong(salt)
                .putLong(offset)
                .putInt(header.length)
                .putLong((long) header.kind << KIND_SHIFT | header.batch)
                .putLong(header.first)
                .putLong(header.second);
        crc.reset();
        crc.update(scratch.flip());
        return this;
    }

    RecordFormat data(byte[] data) {
        crc.update(data);
        return this;
    }

    RecordFormat data(ByteBuffer data) {
        crc.update(data);
        return this;
    }

    int value() {
        return (int) crc.getValue();
    }

    /** Puts the 32 bytes of the header last begun, with the checksum as it stands. */
    void putHeader(ByteBuffer target) {
        target.putInt(value()).put(scratch.array(), PREFIX_BYTES, HEADER_BYTES - Integer.BYTES);
    }
}
