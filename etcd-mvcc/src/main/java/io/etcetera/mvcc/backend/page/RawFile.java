package io.etcetera.mvcc.backend.page;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The bytes of a file, whatever its name is by now. Unlike a channel, it outlives a thread that is interrupted while it
 * reads. Thread-safe.
 */
public final class RawFile implements LmdbPages.Source, AutoCloseable {
    private final RandomAccessFile file;

    public RawFile(Path path) throws IOException {
        this.file = new RandomAccessFile(path.toFile(), "r");
    }

    /** Reads from {@code position} until the buffer is full or the file ends. */
    public static void fill(FileChannel channel, ByteBuffer buffer, long position) throws IOException {
        int read;
        do {
            read = channel.read(buffer, position + buffer.position());
        } while (read > 0 && buffer.hasRemaining());
    }

    /**
     * Reads from {@code position} until the buffer is full or the file ends.
     *
     * @param buffer with an array
     */
    @Override
    public synchronized void fill(ByteBuffer buffer, long position) throws IOException {
        file.seek(position);
        while (buffer.hasRemaining()) {
            int read = file.read(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
            if (read < 0) {
                return;
            }
            buffer.position(buffer.position() + read);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
