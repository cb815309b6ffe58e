package io.etcetera.mvcc.backend;

import org.jspecify.annotations.Nullable;

/**
 * Reads records of the {@code key} bucket by revision, all as of one moment: sees at least every record that was
 * written before it was made, and none that is deleted on disk while it is open disappears. Holds a read transaction
 * from the first record that is not in the write buffer until it is closed, and pages freed meanwhile are not reused: be
 * quick. One thread.
 */
public interface RecordReader extends AutoCloseable {

    /** A copy of the record of a live version; null if there is none. An array from the write buffer is shared. */
    byte @Nullable [] get(long main, long sub);

    @Override
    void close();
}
