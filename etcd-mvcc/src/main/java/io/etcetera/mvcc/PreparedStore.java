package io.etcetera.mvcc;

/**
 * Another member's store, loaded and ready to be put in the place of the own one by {@link KvStore#install}. One thread
 * at a time.
 */
public interface PreparedStore extends AutoCloseable {

    /** Index up to which it holds the log's effects. */
    long consistentIndex();

    /** Closes it and removes its file, unless it is installed. Idempotent. */
    @Override
    void close();
}
