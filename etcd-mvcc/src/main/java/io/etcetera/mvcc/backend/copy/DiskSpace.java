package io.etcetera.mvcc.backend.copy;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells how many bytes are left to this process on the disk that a file is on; 0 if the system does not say. Finds the disk once,
 * as that takes reading the table of mounts, and a copy asks with every megabyte. Thread-safe.
 */
final class DiskSpace implements LongSupplier {
    private static final Logger log = LoggerFactory.getLogger(DiskSpace.class);

    private final Path file;
    private volatile @Nullable FileStore disk; // found twice if two threads are the first; either serves

    /** @param file need not exist before it is asked about */
    DiskSpace(Path file) {
        this.file = file;
    }

    @Override
    public long getAsLong() {
        try {
            return disk().getUsableSpace();
        } catch (IOException e) {
            log.warn("store {}: cannot tell how much space the disk has left", file, e);
            return 0;
        }
    }

    private FileStore disk() throws IOException {
        FileStore known = disk;
        if (known == null) {
            known = Files.getFileStore(file);
            disk = known;
        }
        return known;
    }
}
