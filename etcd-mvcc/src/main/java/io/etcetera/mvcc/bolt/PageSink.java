package io.etcetera.mvcc.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Gives pages their IDs, in the order they come, and writes them one behind the other, in parts that end at multiples of {@link
 * #BUFFER_BYTES}. One thread.
 */
final class PageSink {
    private static final int BUFFER_BYTES = 1 << 20;

    private final BoltOutput output;
    private final int pageBytes;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private long nextId = BoltFormat.META_PAGES;
    private long position;

    /** For pages behind the meta pages, which {@link #finish} writes. */
    PageSink(BoltOutput output, int pageBytes) {
        this.output = output;
        this.pageBytes = pageBytes;
        this.position = (long) BoltFormat.META_PAGES * pageBytes;
        buffer.limit(BUFFER_BYTES - (int) position);
    }

    int pageBytes() {
        return pageBytes;
    }

    /** ID of the page that comes next. */
    long nextId() {
        return nextId;
    }

    /** Writes a page of one or more times the page size, which carries {@link #nextId}. */
    void write(byte[] page, int length) throws IOException {
        int at = 0;
        while (at < length) {
            int part = Math.min(length - at, buffer.remaining());
            buffer.put(page, at, part);
            at += part;
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
        nextId += length / pageBytes;
    }

    private void flush() throws IOException {
        buffer.flip();
        int length = buffer.remaining();
        output.write(buffer, position);
        position += length;
        buffer.clear();
    }

    /** Writes the meta pages, both alike but for their numbers, so that one of them may be lost. */
    void finish(long root) throws IOException {
        flush();
        for (int id = 0; id < BoltFormat.META_PAGES; id++) {
            byte[] page = new byte[pageBytes];
            BoltFormat.putI64(page, 0, id);
            BoltFormat.putU16(page, 8, BoltFormat.META);
            // A transaction's meta stands on the page of its number, even or odd.
            long transaction = id == 0 ? 2 : 1;
            new BoltMeta(pageBytes, root, nextId, transaction).put(page, BoltFormat.PAGE_HEADER_BYTES);
            output.write(ByteBuffer.wrap(page), (long) id * pageBytes);
        }
    }
}
