package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.schema.Bucket;

/**
 * What is on disk as of one commit, whatever is written, compacted or committed meanwhile: nobody waits for it. Holds a
 * read transaction until it is closed; pages freed meanwhile are not reused, so the file may grow. The backend's {@link
 * Backend#close()} waits for it. One thread.
 */
public interface CommittedView extends AutoCloseable {

    /**
     * Visits a bucket in key order until the visitor returns false.
     *
     * @throws InterruptedException if the thread is interrupted: such a scan may be long, and someone may wait for its end
     * @throws io.etcetera.mvcc.CorruptStoreException if a record does not match its checksum
     */
    void scan(Bucket bucket, EntryVisitor visitor) throws InterruptedException;

    @Override
    void close();
}
