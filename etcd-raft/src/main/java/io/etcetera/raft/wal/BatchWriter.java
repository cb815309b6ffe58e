package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Gathers records in one reused buffer and writes them to a segment in few large pieces. Owned by the appending thread.
 * The segment's position runs ahead of what has been written by what is in the buffer.
 */
final class BatchWriter {
    private static final int BUFFER_BYTES = 1 << 20;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final RecordFormat format = new RecordFormat();

    void putBatchMark(Segment segment, long batch, long firstIndex, long nextIndex) throws IOException {
        RecordFormat.Header header = RecordFormat.Header.batchMark(batch, firstIndex, nextIndex);
        format.begin(segment.header().salt(), segment.position(), header);
        putHeader(segment);
    }

    void putEntry(Segment segment, long batch, WalEntry entry) throws IOException {
        RecordFormat.Header header = RecordFormat.Header.entry(batch, entry);
        byte[] data = entry.data();
        format.begin(segment.header().salt(), segment.position(), header).data(data);
        putHeader(segment);
        int done = 0;
        while (done < data.length) {
            makeRoom(segment, 1);
            int piece = Math.min(data.length - done, buffer.remaining());
            buffer.put(data, done, piece);
            segment.position(segment.position() + piece);
            done += piece;
        }
        int padding = (int) (header.recordBytes() - RecordFormat.HEADER_BYTES - data.length);
        makeRoom(segment, padding);
        for (int i = 0; i < padding; i++) {
            buffer.put((byte) 0);
        }
        segment.position(segment.position() + padding);
    }

    private void putHeader(Segment segment) throws IOException {
        makeRoom(segment, RecordFormat.HEADER_BYTES);
        format.putHeader(buffer);
        segment.position(segment.position() + RecordFormat.HEADER_BYTES);
    }

    private void makeRoom(Segment segment, int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush(segment);
        }
    }

    /** Writes what is in the buffer. */
    void flush(Segment segment) throws IOException {
        buffer.flip();
        segment.file().write(buffer, segment.position() - buffer.limit());
        buffer.clear();
    }
}
