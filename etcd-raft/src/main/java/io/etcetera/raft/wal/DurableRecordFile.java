package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A small file that is replaced as a whole: written beside, made durable, renamed over the old one, directory made
 * durable. A crash leaves the old content or the new. After a failed save, which of the two is on disk is unknown, so
 * every later save throws the same exception.
 *
 * <pre>
 *  offset  bytes
 *       0      8  magic
 *       8      4  format version
 *      12      4  length of the content
 *      16      4  CRC32C of bytes 0 to 16 and the content
 *      20         content
 * </pre>
 *
 * <p>Threads: one at a time.
 */
final class DurableRecordFile {
    private static final long MAGIC = 0x65_74_63_65_52_45_43_0aL;
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = 16;
    private static final int HEADER_BYTES = 20;

    private final WalFiles files;
    private final Path directory;
    private final Path path;
    private final Path unfinished;
    private @Nullable IOException failure;

    /** The file {@code name} in {@code directory}, which is made if missing; removes what a crash left unfinished. */
    DurableRecordFile(WalFiles files, Path directory, String name) throws IOException {
        this.files = files;
        this.directory = directory;
        this.path = directory.resolve(name);
        this.unfinished = directory.resolve(name + ".tmp");
        files.createDirectories(directory);
        files.delete(unfinished);
    }

    /**
     * The content last saved, or null if there never was any. It is durable when this returns, even if the program
     * before died between renaming the file and syncing the directory.
     */
    byte @Nullable [] load() throws IOException {
        files.syncDirectory(directory);
        if (!files.list(directory).contains(String.valueOf(path.getFileName()))) {
            return null;
        }
        try (WalFile file = files.open(path)) {
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.read(buffer, 0);
            buffer.flip();
            if (buffer.remaining() < HEADER_BYTES || buffer.getLong() != MAGIC) {
                throw new WalCorruptException(path, 0, "expected a header with the magic number of a record file");
            }
            int version = buffer.getInt();
            if (version != VERSION) {
                throw new IOException(
                        path + " has format version " + version + ", this program knows version " + VERSION);
            }
            int length = buffer.getInt();
            int crc = buffer.getInt();
            if (length != buffer.remaining()) {
                throw new WalCorruptException(
                        path, 0, "expected " + length + " bytes of content, found " + buffer.remaining());
            }
            byte[] content = new byte[length];
            buffer.get(content);
            if (crc != crc(buffer.array(), content)) {
                throw new WalCorruptException(path, 0, "the checksum does not match");
            }
            return content;
        }
    }

    /** Replaces the content, durably. */
    void save(byte[] content) throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            try (WalFile file = files.create(unfinished)) {
                file.write(encode(content), 0);
                file.force(true);
            }
            files.rename(unfinished, path);
            files.syncDirectory(directory);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private static ByteBuffer encode(byte[] content) {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + content.length)
                .putLong(MAGIC)
                .putInt(VERSION)
                .putInt(content.length);
        return buffer.putInt(crc(buffer.array(), content)).put(content).flip();
    }

    private static int crc(byte[] header, byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, CRC_OFFSET);
        crc.update(content);
        return (int) crc.getValue();
    }
}
