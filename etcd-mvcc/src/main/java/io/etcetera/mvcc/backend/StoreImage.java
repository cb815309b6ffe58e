package io.etcetera.mvcc.backend;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A whole store as of one commit, to be carried to another member: an LMDB file without free pages, in the byte order of
 * the machine, as {@link ReplaceableBackend#openIncoming} takes it. Each reader is given the same bytes, which are made of
 * the store's pages as they are read; nothing is written. Thread-safe.
 *
 * <p>Until it and its readers are closed, a read transaction is open: pages that are freed meanwhile are not reused, and
 * the store's file may grow by them.
 */
public interface StoreImage extends AutoCloseable {

    /** Names these bytes: what has been received of an image of this name can be continued with another reader of it. */
    String id();

    /** Index of the last log entry whose effects it holds. */
    long consistentIndex();

    long lengthBytes();

    /**
     * Begins to read it.
     *
     * @throws IOException if it is closed
     */
    Reader read() throws IOException;

    /** Those who read it go on. Idempotent. */
    @Override
    void close();

    /** Reads from the first byte to the last. One thread. */
    interface Reader extends AutoCloseable {

        /**
         * Goes on until the buffer, which has an array, is full or the image ends.
         *
         * @return bytes read
         * @throws IOException if the store has been closed, its file cannot be read, or the disk is nearly full
         * @throws io.etcetera.mvcc.CorruptStoreException if the store is damaged
         */
        int read(ByteBuffer into) throws IOException;

        /** Idempotent. */
        @Override
        void close();
    }
}
