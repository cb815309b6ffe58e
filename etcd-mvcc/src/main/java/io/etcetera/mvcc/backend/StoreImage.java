package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of a whole store as of one commit, in a file of its own that never changes: an LMDB file without free pages, in
 * the byte order of the machine, as {@link ReplaceableBackend#openIncoming} takes it. Any thread reads it, from any
 * offset, so that a broken connection can go on where it was. Closing it removes the file; readers then get a {@link
 * java.nio.channels.ClosedChannelException}.
 */
public final class StoreImage implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoreImage.class);
    private static final int CHUNK_BYTES = 1 << 20;

    private final Path file;
    private final FileChannel channel;
    private final long consistentIndex;
    private final long lengthBytes;
    private final int checksum;

    private StoreImage(Path file, FileChannel channel, long consistentIndex, long lengthBytes, int checksum) {
        this.file = file;
        this.channel = channel;
        this.consistentIndex = consistentIndex;
        this.lengthBytes = lengthBytes;
        this.checksum = checksum;
    }

    /** Takes over a file that is complete. */
    static StoreImage of(Path file, long consistentIndex) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new StoreImage(file, channel, consistentIndex, channel.size(), checksum(channel));
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    /** The CRC-32C of a whole file, to be held against {@link #checksum}. */
    public static int checksum(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return checksum(channel);
        }
    }

    private static int checksum(FileChannel channel) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long position = 0;
        int read = channel.read(chunk, position);
        while (read > 0) {
            position += read;
            crc.update(chunk.flip());
            read = channel.read(chunk.clear(), position);
        }
        return (int) crc.getValue();
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

    /** The CRC-32C of all its bytes. */
    public int checksum() {
        return checksum;
    }

    /**
     * Reads from {@code offset} on, as much as the buffer has room for and there is.
     *
     * @return bytes read; -1 at the end
     */
    public int read(long offset, ByteBuffer into) throws IOException {
        int before = into.position();
        LmdbPages.fill(channel, into, offset - before);
        int read = into.position() - before;
        return read == 0 && into.hasRemaining() ? -1 : read;
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("cannot remove {}, a copy of the store for another member; the next start does", file, e);
        }
    }
}
