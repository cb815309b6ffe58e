package io.etcetera.mvcc;

/** Where a stream's batches go: a bounded queue towards the client. */
public interface WatchSink {

    /**
     * Takes a batch, or refuses it because the client is behind. After a refusal the hub keeps the watcher's place,
     * and tries again from the store after {@link WatchStream#resume()}.
     *
     * <p>Called with the hub's lock held, one call at a time. It may call back into its own {@link WatchStream}, must not
     * block, must not throw, and must not wait for a lock that another thread holds while it calls the hub or a stream.
     */
    boolean offer(WatchBatch batch);
}
