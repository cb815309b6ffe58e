package io.etcetera.mvcc.backend.copy;

import io.etcetera.mvcc.StoreFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of a store's file and of those that come and go beside it: the copy that a defragmentation makes, the
 * one that came in from another member, and a snapshot for a client; and of the lock
 * files that LMDB keeps beside each. All but the store's own stand for something unfinished: whoever owns the store may remove what it finds
 * there.
 */
public final class StoreFiles {
    private static final Logger log = LoggerFactory.getLogger(StoreFiles.class);
    private static final String LOCK_SUFFIX = "-lock"; // LMDB's

    private final Path store;
    private final Path defragmented;
    private final Path incoming;
    private final Path snapshot;
    private final LongSupplier usableBytes;

    public StoreFiles(Path store) {
        this(store, new DiskSpace(store));
    }

    /**
     * With another way to learn how much space is left.
     *
     * @param usableBytes see {@link #usableBytes()}
     */
    public StoreFiles(Path store, LongSupplier usableBytes) {
        this.store = store;
        this.usableBytes = usableBytes;
        this.defragmented = sibling(store, ".defrag");
        this.incoming = sibling(store, ".incoming");
        this.snapshot = sibling(store, ".snapshot");
    }

    private static Path sibling(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    public Path store() {
        return store;
    }

    /** The copy of a defragmentation, which is to take the store's place. */
    Path defragmented() {
        return defragmented;
    }

    /** The copy of another member's store, which is to take the store's place. */
    public Path incoming() {
        return incoming;
    }

    /** The snapshot that is being made for a client. */
    public Path snapshot() {
        return snapshot;
    }

    private static Path lock(Path file) {
        return sibling(file, LOCK_SUFFIX);
    }

    /** Removes what a process has left that ended before it was done. */
    public void removeLeftovers() {
        for (Path copy : List.of(defragmented, incoming, snapshot)) {
            try {
                if (Files.exists(copy)) {
                    log.atInfo()
                            .addKeyValue("path", copy)
                            .addKeyValue("size-bytes", Files.size(copy))
                            .log("removing the partial file of a copy that was cut short");
                }
                remove(copy);
            } catch (IOException e) {
                throw new StoreFailedException(
                        "store " + store + ": cannot remove what an unfinished copy has left: " + e, e);
            }
        }
    }

    /** Removes a copy, which must be closed; does nothing if there is none. */
    public void remove(Path copy) throws IOException {
        Files.deleteIfExists(copy);
        Files.deleteIfExists(lock(copy));
    }

    /** Bytes that the disk has left for a copy; 0 if the system does not say. */
    long usableBytes() {
        return usableBytes.getAsLong();
    }

    /**
     * Why a copy that may need {@code neededBytes} more should not be gone on with; null if there is room for it. A disk
     * that is full would end the member, whoever filled it.
     *
     * @param reserveBytes what is to be left to the running member
     */
    @Nullable
    public String lackOfSpace(long neededBytes, long reserveBytes) {
        long usable = usableBytes();
        return usable >= neededBytes + reserveBytes
                ? null
                : "not enough space left on the disk: " + usable + " bytes are free, the copy may need " + neededBytes
                        + ", and " + reserveBytes + " are left to the running member";
    }

    /**
     * Gives a copy the names of the store. The lock file goes first: if the process ends in between, or the second step
     * fails, the store is still there, and LMDB makes its lock file anew when nobody has it open.
     */
    public void rename(Path copy) throws IOException {
        Files.move(lock(copy), lock(store), StandardCopyOption.ATOMIC_MOVE);
        Files.move(copy, store, StandardCopyOption.ATOMIC_MOVE);
    }
}
