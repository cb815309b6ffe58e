package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file with one channel for reading and one for writing. They are apart because the JDK closes a channel when a thread
 * is interrupted inside it: a reader that this happens to opens the reading channel anew and never takes the writer down
 * with it. A writer that is interrupted inside a write or sync loses the channel, and with it the certainty of what is on
 * disk: to the log that is an I/O error like any other. An interrupt that arrived before is put off.
 */
final class NioWalFile implements WalFile {
    private final Path path;
    private final boolean fsync;
    private volatile FileChannel reading;
    private @Nullable FileChannel writing;
    private boolean closed;

    NioWalFile(Path path, boolean fsync) throws IOException {
        this.path = path;
        this.fsync = fsync;
        this.reading = FileChannel.open(path, StandardOpenOption.READ);
    }

    /** Something that only looks at the file, and may be begun again. */
    private interface Look<T> {
        T at(FileChannel channel) throws IOException;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        return uninterrupted(channel -> readFully(channel, target.position(start), position));
    }

    @Override
    public long size() throws IOException {
        return uninterrupted(FileChannel::size);
    }

    private <T> T uninterrupted(Look<T> look) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                FileChannel channel = reading;
                try {
                    return look.at(channel);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                    reopen(channel);
                } catch (ClosedChannelException e) {
                    reopen(channel);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int count = channel.read(target, position + total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    private synchronized void reopen(FileChannel lost) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (reading == lost) {
            reading = FileChannel.open(path, StandardOpenOption.READ);
        }
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            FileChannel channel = writing();
            long at = position;
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void force(boolean metadata) throws IOException {
        if (!fsync) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            writing().force(metadata);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized FileChannel writing() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        if (writing == null) {
            writing = FileChannel.open(path, StandardOpenOption.WRITE);
        }
        return writing;
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        try {
            reading.close();
        } finally {
            if (writing != null) {
                writing.close();
            }
        }
    }
}
