package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.StoreFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of a store's file, of the copy that is to replace it, and of the lock files that LMDB keeps beside both. A
 * name of the copy stands for something unfinished: whoever owns the store may remove what it finds there.
 */
final class DefragmentationFiles {
    private static final Logger log = LoggerFactory.getLogger(DefragmentationFiles.class);
    private static final String COPY_SUFFIX = ".defrag";
    private static final String LOCK_SUFFIX = "-lock"; // LMDB's

    private final Path store;
    private final Path copy;

    DefragmentationFiles(Path store) {
        this.store = store;
        this.copy = store.resolveSibling(store.getFileName() + COPY_SUFFIX);
    }

    Path store() {
        return store;
    }

    Path copy() {
        return copy;
    }

    private static Path lock(Path file) {
        return file.resolveSibling(file.getFileName() + LOCK_SUFFIX);
    }

    /** Removes what a defragmentation has left that ended with its process. */
    void removeLeftovers() {
        try {
            if (Files.exists(copy)) {
                log.atInfo()
                        .addKeyValue("path", copy)
                        .addKeyValue("size-bytes", Files.size(copy))
                        .log("removing the partial file of a defragmentation that was cut short");
            }
            remove();
        } catch (IOException e) {
            throw new StoreFailedException(
                    "store " + store + ": cannot remove what a defragmentation has left: " + e, e);
        }
    }

    /** Removes the copy, which must be closed; does nothing if there is none. */
    void remove() throws IOException {
        Files.deleteIfExists(copy);
        Files.deleteIfExists(lock(copy));
    }

    /** Bytes that the disk has left for the copy; 0 if the system does not say. */
    long usableBytes() {
        try {
            return Files.getFileStore(store).getUsableSpace();
        } catch (IOException e) {
            log.warn("store {}: cannot tell how much space the disk has left", store, e);
            return 0;
        }
    }

    /**
     * Gives the copy the names of the store. The lock file goes first: if the process ends in between, or the second
     * step fails, the store is still there, and LMDB makes its lock file anew when nobody has it open.
     */
    void rename() throws IOException {
        Files.move(lock(copy), lock(store), StandardCopyOption.ATOMIC_MOVE);
        Files.move(copy, store, StandardCopyOption.ATOMIC_MOVE);
    }
}
