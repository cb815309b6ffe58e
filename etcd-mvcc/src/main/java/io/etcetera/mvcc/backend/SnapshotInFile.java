package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One that lies on the disk, in a file without a name, so that it takes no memory and is gone when this is closed or the
 * process ends, however that comes about. Thread-safe.
 */
final class SnapshotInFile implements StoreSnapshot {
    private static final Logger log = LoggerFactory.getLogger(SnapshotInFile.class);

    private final FileChannel file;
    private final long sizeBytes;
    private final String storageVersion;
    private final Consumer<StoreSnapshot> onClose;

    SnapshotInFile(FileChannel file, long sizeBytes, String storageVersion, Consumer<StoreSnapshot> onClose) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.storageVersion = storageVersion;
        this.onClose = onClose;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public String storageVersion() {
        return storageVersion;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        LmdbPages.fill(file, into, offset - into.position());
    }

    @Override
    public void close() {
        onClose.accept(this);
        try {
            file.close();
        } catch (IOException e) {
            log.warn("cannot close a snapshot; its space is free when the process ends", e);
        }
    }
}
