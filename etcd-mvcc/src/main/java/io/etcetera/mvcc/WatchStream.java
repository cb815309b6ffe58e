package io.etcetera.mvcc;

/** The watchers of one client stream. Thread-safe. */
public interface WatchStream extends AutoCloseable {
    /** Asks {@link #watch} to choose the ID. */
    long AUTO_ID = 0;

    /**
     * Adds a watcher. Nothing is delivered for it before this method returns and {@link WatchSink} has been given the
     * chance to answer "created": batches start only after {@link #start(long)}.
     *
     * @return the watcher's ID: the requested one, or the next one not in use, counting up from 0 for each stream
     * @throws IllegalStateException if the stream or the hub is closed
     * @throws WatchException if the ID is taken or the range cannot hold a key
     */
    long watch(WatchRequest request) throws WatchException;

    /** Lets delivery begin for a watcher that {@link #watch} made. */
    void start(long watchId);

    /**
     * Removes a watcher; false if there is none of this ID. No batch of it is delivered after this returns. One that
     * compaction has ended is there until it is removed, and keeps its ID from others.
     */
    boolean cancel(long watchId);

    /** Number of watchers on this stream, those that compaction has ended included. */
    int size();

    /**
     * If this stream has at least one watcher, all of them have been sent everything up to the current revision, none
     * starts in the future and none has been ended by compaction: that revision, to be reported as progress behind all that has been handed to the sink.
     * Otherwise 0.
     */
    long progressRevision();

    /** The same for one watcher. */
    long progressRevision(long watchId);

    /** The sink has room again after {@link WatchSink#offer} returned false. */
    void resume();

    /** Removes all watchers. Idempotent. */
    @Override
    void close();
}
