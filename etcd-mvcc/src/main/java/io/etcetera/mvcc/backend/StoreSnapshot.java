package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The store as of one commit, as a bbolt file that etcd takes. Read by one thread at a time, from start to end, closed by any. */
public interface StoreSnapshot extends AutoCloseable {

    /** Bytes of the bbolt file. */
    long sizeBytes();

    /** Release of etcd whose layout it has, such as 3.7.0; empty before the cluster has agreed on one. */
    String storageVersion();

    /**
     * The bytes that follow those of the last call, on the heap and not to be changed: so many, and fewer only at the end,
     * behind which there are none. May wait for the disk.
     *
     * @throws IOException if they cannot be read
     * @throws io.etcetera.mvcc.StoreSnapshotException if the snapshot had to be given up, or is closed, with the reason
     * @throws io.etcetera.mvcc.CorruptStoreException if it comes to a record of the store that does not match its checksum
     */
    ByteBuffer next(int bytes) throws IOException;

    /** Gives back what it holds. Idempotent. */
    @Override
    void close();
}
