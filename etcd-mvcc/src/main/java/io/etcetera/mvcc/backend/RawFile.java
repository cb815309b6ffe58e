package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The bytes of a file, whatever its name is by now. Unlike a channel, it outlives a thread that is interrupted while it
 * reads. Thread-safe.
 */
final class RawFile implements LmdbPages.Source, AutoCloseable {
    private final RandomAccessFile file;

    RawFile(Path path) throws IOException {
        this.file = new RandomAccessFile(path.toFile(), "r");
    }

    /** @param buffer with an array */
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
