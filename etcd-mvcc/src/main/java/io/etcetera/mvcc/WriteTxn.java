package io.etcetera.mvcc;

/**
 * A write transaction: all its changes share one main revision, which is used up only if there is a change. Belongs to
 * the apply thread; nobody else sees a change before {@link #close()}, which publishes all of them at once and notifies
 * watchers. It cannot be rolled back: check before changing.
 */
public interface WriteTxn extends AutoCloseable {

    /** Reads, seeing this transaction's own changes when the revision asked for is 0 or less. */
    RangeResult range(KeyRange range, RangeOptions options) throws RevisionException;

    /**
     * Writes a new version of a key. Moves the key from the lease it hung on, if any, to {@code leaseId}.
     *
     * @return the main revision of this transaction's changes
     */
    long put(byte[] key, byte[] value, long leaseId);

    /**
     * Deletes all keys in the range, in key order, and takes them off their leases.
     *
     * @return how many there were
     */
    long delete(KeyRange range);

    /** Main revision if this transaction has changes, else the store's current revision. */
    long revision();

    /** Number of changes so far. */
    int changes();

    @Override
    void close();
}
