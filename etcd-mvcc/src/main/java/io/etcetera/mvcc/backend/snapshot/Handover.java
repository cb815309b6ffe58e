package io.etcetera.mvcc.backend.snapshot;

import io.etcetera.mvcc.backend.page.RawFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands chunks from the thread that makes them to the one that uses them, in order, until either of them or a third ends it: in
 * memory, {@link #CHUNKS} at most, and once the maker says so, all that follow through a file. Thread-safe.
 */
final class Handover {
    static final int CHUNKS = 4;

    private static final int READ_BYTES = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>(CHUNKS);
    private @Nullable FileChannel file;
    private @Nullable RuntimeException end;

    /** What the file holds; it only grows. */
    private long appendedBytes;

    /** Of the user. */
    private long takenBytes;

    /**
     * Waits until there is room for one more chunk in memory, and leaves it there.
     *
     * @return false, without having left it, if that takes so long
     */
    boolean put(byte[] next, long timeoutNanos) throws InterruptedException {
        lock.lock();
        try {
            long rest = timeoutNanos;
            while (chunks.size() == CHUNKS && end == null && rest > 0) {
                rest = changed.awaitNanos(rest);
            }
            throwIfEnded();
            if (chunks.size() == CHUNKS) {
                return false;
            }
            chunks.add(next);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes over an empty file, through which all further chunks go, and which is closed when this ends. */
    void continueIn(FileChannel empty) throws IOException {
        lock.lock();
        try {
            if (end != null) {
                empty.close();
            }
            throwIfEnded();
            file = empty;
        } finally {
            lock.unlock();
        }
    }

    /** Leaves a chunk in the file. */
    void append(byte[] next) throws IOException {
        FileChannel to = file();
        ByteBuffer bytes = ByteBuffer.wrap(next);
        long position = appended();
        try {
            while (bytes.hasRemaining()) {
                position += to.write(bytes, position);
            }
        } catch (ClosedChannelException e) {
            throw becauseOf(e);
        }
        lock.lock();
        try {
            appendedBytes = position;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a chunk, for as long as it takes. */
    byte[] take() throws IOException, InterruptedException {
        lock.lock();
        try {
            while (chunks.isEmpty() && takenBytes == appendedBytes && end == null) {
                changed.await();
            }
            throwIfEnded();
            byte[] taken = chunks.poll();
            if (taken != null) {
                changed.signalAll();
                return taken;
            }
        } finally {
            lock.unlock();
        }
        return takeFromFile();
    }

    /** Without the lock, for the maker is not to wait for this. */
    private byte[] takeFromFile() throws IOException {
        byte[] taken = new byte[(int) Math.min(READ_BYTES, appended() - takenBytes)];
        ByteBuffer bytes = ByteBuffer.wrap(taken);
        try {
            RawFile.fill(file(), bytes, takenBytes);
        } catch (ClosedChannelException e) {
            throw becauseOf(e);
        }
        if (bytes.hasRemaining()) {
            throw new IOException("the file of a snapshot became shorter");
        }
        takenBytes += taken.length;
        return taken;
    }

    private FileChannel file() {
        lock.lock();
        try {
            throwIfEnded();
            FileChannel present = file;
            if (present == null) {
                throw new IllegalStateException("there is no file");
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    private long appended() {
        lock.lock();
        try {
            return appendedBytes;
        } finally {
            lock.unlock();
        }
    }

    /** The file is closed by {@link #end} alone, which knows better why. */
    private IOException becauseOf(ClosedChannelException closed) {
        throwIfEnded();
        return closed;
    }

    /** Throws what this was ended with. */
    void throwIfEnded() {
        lock.lock();
        try {
            RuntimeException cause = end;
            if (cause != null) {
                throw cause;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Has both sides fail from now on, also if there are chunks left. The first cause counts. */
    void end(RuntimeException cause) throws IOException {
        lock.lock();
        try {
            if (end == null) {
                end = cause;
                chunks.clear();
                changed.signalAll();
                if (file != null) {
                    file.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
