package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads one segment from front to back in large pieces, checking records. Used by the opening thread. */
final class SegmentScanner {
    static final int CHUNK_BYTES = 1 << 20;

    private final RecordFormat format = new RecordFormat();
    private final ByteBuffer chunk;
    private final WalFile file;
    private final long salt;
    private final long size;
    private long chunkStart;

    /** Reads {@code segment} by way of {@code chunk}, an array or direct buffer of {@link #CHUNK_BYTES}. */
    SegmentScanner(Segment segment, ByteBuffer chunk) throws IOException {
        this.file = segment.file();
        this.salt = segment.header().salt();
        this.size = file.size();
        this.chunk = chunk;
        chunk.clear().limit(0);
    }

    long size() {
        return size;
    }

    /** The record at {@code offset} if a whole and undamaged one is there. */
    RecordFormat.@Nullable Header recordAt(long offset) throws IOException {
        if (!fetch(offset, RecordFormat.HEADER_BYTES)) {
            return null;
        }
        RecordFormat.Header header = RecordFormat.Header.decode(chunk);
        long dataOffset = offset + RecordFormat.HEADER_BYTES;
        if (!header.isPlausible() || dataOffset + header.length() > size) {
            return null;
        }
        format.begin(salt, offset, header);
        int left = header.length();
        while (left > 0) {
            int piece = Math.min(left, CHUNK_BYTES);
            if (!fetch(dataOffset, piece)) {
                return null;
            }
            format.data(chunk.slice(chunk.position(), piece));
            dataOffset += piece;
            left -= piece;
        }
        return format.value() == header.crc() ? header : null;
    }

    /**
     * What lies between a place where no valid record follows and the end of the file.
     *
     * @param markOffset offset of the first batch mark of a later batch, or -1
     * @param endOfBytes offset behind the last byte that is not zero; the offset asked about if all are zero
     */
    record Rest(long markOffset, long endOfBytes) {}

    /** Searches {@code [offset, end of file)} for the marks of batches numbered above {@code batch}. */
    Rest examineRest(long offset, long batch) throws IOException {
        long endOfBytes = offset;
        long at = offset;
        while (at < size) {
            int length = (int) Math.min(CHUNK_BYTES, size - at);
            if (!fetch(at, length)) {
                break;
            }
            int start = chunk.position();
            int words = length / RecordFormat.ALIGNMENT;
            for (int i = 0; i < words; i++) {
                int place = start + i * RecordFormat.ALIGNMENT;
                long word = chunk.getLong(place);
                if (word == 0) {
                    continue;
                }
                long wordOffset = at + (long) i * RecordFormat.ALIGNMENT;
                endOfBytes = wordOffset + RecordFormat.ALIGNMENT;
                // This may be the second word of a mark, which holds its kind.
                long markOffset = wordOffset - RecordFormat.ALIGNMENT;
                if (RecordFormat.kindOf(word) == RecordFormat.KIND_BATCH
                        && markOffset >= offset
                        && isLaterMark(markOffset, batch)) {
                    return new Rest(markOffset, endOfBytes);
                }
            }
            for (int i = words * RecordFormat.ALIGNMENT; i < length; i++) {
                if (chunk.get(start + i) != 0) {
                    endOfBytes = at + i + 1;
                }
            }
            at += length;
        }
        return new Rest(-1, endOfBytes);
    }

    private boolean isLaterMark(long offset, long batch) throws IOException {
        ByteBuffer own = ByteBuffer.allocate(RecordFormat.HEADER_BYTES);
        if (file.read(own, offset) < RecordFormat.HEADER_BYTES) {
            return false;
        }
        RecordFormat.Header header = RecordFormat.Header.decode(own.flip());
        return header.kind() == RecordFormat.KIND_BATCH
                && header.isPlausible()
                && header.batch() > batch
                && format.begin(salt, offset, header).value() == header.crc();
    }

    /** Moves the chunk so that {@code length} bytes from {@code offset} are in it, at its position; false at the end. */
    private boolean fetch(long offset, int length) throws IOException {
        if (offset + length > size) {
            return false;
        }
        if (offset < chunkStart || offset + length > chunkStart + chunk.limit()) {
            chunk.clear();
            file.read(chunk, offset);
            chunk.flip();
            chunkStart = offset;
        }
        if (offset + length > chunkStart + chunk.limit()) {
            return false;
        }
        chunk.position((int) (offset - chunkStart));
        return true;
    }
}
