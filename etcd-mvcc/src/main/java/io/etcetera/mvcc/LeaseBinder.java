package io.etcetera.mvcc;

/**
 * Keeps track of which key hangs on which lease. Called by the store's writer while it applies puts and deletes, and
 * once for each live key with a lease while the store opens; never from another thread.
 */
public interface LeaseBinder {
    /** Lease ID that stands for none. */
    long NO_LEASE = 0;

    /** Keeps track of nothing, for those who only look at records. */
    LeaseBinder NONE = new LeaseBinder() {
        @Override
        public long leaseOf(byte[] key) {
            return NO_LEASE;
        }

        @Override
        public void attach(long leaseId, byte[] key) {
            // Nobody will ask.
        }

        @Override
        public void detach(long leaseId, byte[] key) {
            // Nobody will ask.
        }
    };

    /** The lease that {@code key} hangs on, or {@link #NO_LEASE}. */
    long leaseOf(byte[] key);

    /** Hangs {@code key} on {@code leaseId}, which exists and is not {@link #NO_LEASE}. */
    void attach(long leaseId, byte[] key);

    /** Takes {@code key} off {@code leaseId}. */
    void detach(long leaseId, byte[] key);
}
