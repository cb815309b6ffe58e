package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as of one commit, as a bbolt file that etcd takes. It lies on the disk, in a file without a name, so that it
 * takes no memory and is gone when this is closed or the process ends, however that comes about. Thread-safe.
 */
public final class StoreSnapshot implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoreSnapshot.class);

    private final FileChannel file;
    private final long sizeBytes;
    private final String storageVersion;
    private final Consumer<StoreSnapshot> onClose;

    StoreSnapshot(FileChannel file, long sizeBytes, String storageVersion, Consumer<StoreSnapshot> onClose) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.storageVersion = storageVersion;
        this.onClose = onClose;
    }

    /** Bytes of the bbolt file. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Release of etcd whose layout it has, such as 3.7.0; empty before the cluster has agreed on one. */
    public String storageVersion() {
        return storageVersion;
    }

    /**
     * Reads from {@code offset} on, until the buffer is full or the snapshot ends.
     *
     * @throws java.nio.channels.ClosedChannelException once it is closed
     */
    public void read(long offset, ByteBuffer into) throws IOException {
        LmdbPages.fill(file, into, offset - into.position());
    }

    /** Gives its space on the disk back. Idempotent. */
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
