package io.etcetera.mvcc;

/** Where a stream's batches go: a bounded queue towards the client. */
public interface WatchSink {

    /**
     * Takes a batch, or refuses it because the client is behind. After a refusal the hub keeps the watcher's place,
     * and tries again from the store after {@link WatchStream#resume()}. Must not block.
     */
    boolean offer(WatchBatch batch);
}
