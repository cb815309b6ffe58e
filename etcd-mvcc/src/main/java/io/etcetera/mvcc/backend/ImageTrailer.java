package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The last bytes of a copy that goes from member to member, by which the receiver knows that it has all of it, and as it
 * was: a mark, the length of what stands before, and the CRC-32C of that; all big-endian.
 *
 * @param lengthBytes of the LMDB file before this
 * @param checksum of that file
 */
record ImageTrailer(long lengthBytes, int checksum) {
    private static final int BYTES = 2 * Long.BYTES + Integer.BYTES;
    private static final long MARK = 0x4574_6365_7465_7261L; // "Etcetera"
    private static final int CHUNK_BYTES = 1 << 20;

    /** Appends it to a file that is complete. */
    static ImageTrailer append(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long length = channel.size();
            ImageTrailer trailer = new ImageTrailer(length, checksum(channel, length));
            ByteBuffer bytes = ByteBuffer.allocate(BYTES)
                    .putLong(MARK)
                    .putLong(length)
                    .putInt(trailer.checksum)
                    .flip();
            while (bytes.hasRemaining()) {
                channel.write(bytes, length + bytes.position());
            }
            return trailer;
        }
    }

    /**
     * Reads a whole copy, and leaves the LMDB file of it.
     *
     * @param fsync whether the file is to be durable afterwards
     * @throws CorruptStoreException if the copy is not complete and as it was
     */
    static void verifyAndCut(Path file, boolean fsync) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long length = channel.size() - BYTES;
            ByteBuffer bytes = ByteBuffer.allocate(BYTES);
            if (length > 0) {
                LmdbPages.fill(channel, bytes, length);
            }
            bytes.flip();
            if (bytes.remaining() < BYTES || bytes.getLong() != MARK || bytes.getLong() != length) {
                throw new CorruptStoreException("the copy of another member's store in " + file + " has no end");
            }
            if (checksum(channel, length) != bytes.getInt()) {
                throw new CorruptStoreException(
                        "the copy of another member's store in " + file + " does not match its checksum");
            }
            channel.truncate(length);
            if (fsync) {
                channel.force(true);
            }
        }
    }

    private static int checksum(FileChannel channel, long length) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long position = 0;
        while (position < length) {
            chunk.clear().limit((int) Math.min(CHUNK_BYTES, length - position));
            LmdbPages.fill(channel, chunk, position);
            if (chunk.hasRemaining()) {
                throw new IOException("the file ends at " + (position + chunk.position()) + ", not at " + length);
            }
            crc.update(chunk.flip());
            position += chunk.limit();
        }
        return (int) crc.getValue();
    }
}
