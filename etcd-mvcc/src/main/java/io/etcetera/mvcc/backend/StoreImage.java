package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a whole store as of one commit, in a file of its own that never changes: an LMDB file without free pages, in
 * the byte order of the machine, with its checksum at the end, as {@link ReplaceableBackend#openIncoming} takes it.
 * Thread-safe. Closing it removes the file; who has it open reads on, and only then its space is free.
 */
public final class StoreImage implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoreImage.class);

    private final Path file;
    private final long consistentIndex;
    private final long lengthBytes;
    private final int checksum;
    private boolean closed;

    private StoreImage(Path file, long consistentIndex, long lengthBytes, int checksum) {
        this.file = file;
        this.consistentIndex = consistentIndex;
        this.lengthBytes = lengthBytes;
        this.checksum = checksum;
    }

    /** Takes over an LMDB file that nobody writes to any more. */
    static StoreImage of(Path file, long consistentIndex) throws IOException {
        ImageTrailer trailer = ImageTrailer.append(file);
        return new StoreImage(file, consistentIndex, Files.size(file), trailer.checksum());
    }

    /**
     * Names these bytes: two copies of one name are the same byte by byte, whoever made them, so what has been received
     * of the one can be continued with the other.
     */
    public String id() {
        return Long.toHexString(consistentIndex)
                + '-'
                + Long.toHexString(lengthBytes)
                + '-'
                + Integer.toHexString(checksum);
    }

    /** Index of the last log entry whose effects it holds. */
    public long consistentIndex() {
        return consistentIndex;
    }

    public long lengthBytes() {
        return lengthBytes;
    }

    /**
     * Opens it.
     *
     * @throws IOException if it is closed, or the file cannot be opened
     */
    public synchronized Reader read() throws IOException {
        if (closed) {
            // There may be another copy of that name by now.
            throw new NoSuchFileException(file.toString());
        }
        return new Reader(FileChannel.open(file, StandardOpenOption.READ));
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("cannot remove {}, a copy of the store for another member; the next start does", file, e);
        }
    }

    /** Reads from any offset, so that a broken transfer can go on where it was. One thread. */
    public static final class Reader implements AutoCloseable {
        private final FileChannel channel;

        private Reader(FileChannel channel) {
            this.channel = channel;
        }

        /**
         * Reads from {@code offset} on, until the buffer is full or the copy ends.
         *
         * @return bytes read
         */
        public int read(long offset, ByteBuffer into) throws IOException {
            int before = into.position();
            LmdbPages.fill(channel, into, offset - before);
            return into.position() - before;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
