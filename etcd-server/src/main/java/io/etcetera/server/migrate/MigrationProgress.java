package io.etcetera.server.migrate;

/** Told how far the copying of a store is. One thread at a time. */
@FunctionalInterface
public interface MigrationProgress {

    /**
     * Called every now and then, in quick succession perhaps.
     *
     * @param doneBytes so far
     * @param totalBytes about what there will be; may change on the way
     */
    void at(long doneBytes, long totalBytes);
}
