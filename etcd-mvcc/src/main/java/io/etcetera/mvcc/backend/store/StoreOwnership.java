package io.etcetera.mvcc.backend.store;

import io.etcetera.mvcc.StoreFailedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second owner off a store: LMDB lets processes share a file, and within one process opening it twice breaks
 * its locks. The lock is on a file of its own beside the store, goes with the process, and the file stays.
 */
final class StoreOwnership implements AutoCloseable {
    private final FileChannel channel;

    private StoreOwnership(FileChannel channel) {
        this.channel = channel;
    }

    static StoreOwnership take(Path store) {
        Path file = store.resolveSibling(store.getFileName() + ".owner");
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new StoreFailedException("store " + store + ": cannot open " + file + ": " + e, e);
        }
        Exception cause = null;
        try {
            if (tryLock(channel) != null) {
                return new StoreOwnership(channel);
            }
        } catch (IOException | OverlappingFileLockException e) {
            cause = e;
        }
        closeQuietly(channel, cause);
        if (cause instanceof IOException) {
            throw new StoreFailedException("store " + store + ": cannot lock " + file + ": " + cause, cause);
        }
        throw new StoreFailedException(
                "store " + store + ": in use by another member; each needs a data directory of its own", cause);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        return channel.tryLock();
    }

    private static void closeQuietly(FileChannel channel, @Nullable Exception cause) {
        try {
            channel.close();
        } catch (IOException e) {
            if (cause != null) {
                cause.addSuppressed(e);
            }
        }
    }

    @Override
    public void close() {
        closeQuietly(channel, null);
    }
}
