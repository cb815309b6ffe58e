package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The store as of one commit, as a bbolt file that etcd takes. Read by one thread at a time, closed by any. */
public sealed interface StoreSnapshot extends AutoCloseable permits SnapshotInFile, SnapshotInPassing {

    /** Bytes of the bbolt file. */
    long sizeBytes();

    /** Release of etcd whose layout it has, such as 3.7.0; empty before the cluster has agreed on one. */
    String storageVersion();

    /**
     * Reads from {@code offset} on, until the buffer is full or the snapshot ends. May wait for the disk.
     *
     * @param offset 0, and then each time where the last reading ended: the snapshot need not be kept
     * @throws IOException if it cannot be read, as when it is closed
     * @throws io.etcetera.mvcc.StoreSnapshotException if it had to be given up, with the reason
     */
    void read(long offset, ByteBuffer into) throws IOException;

    /** Gives back what it holds. Idempotent. */
    @Override
    void close();
}
