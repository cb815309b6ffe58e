package io.etcetera.mvcc;

/** Entry to watching: one {@link WatchStream} for each client stream. */
public interface WatchHub {

    /**
     * Opens a stream whose responses go to {@code sink}.
     *
     * @param sink called from the apply thread and from the hub's catch-up thread, never from both at once for one stream
     */
    WatchStream open(WatchSink sink);

    /** For whoever watches the watchers. Any thread. */
    WatchCounts counts();
}
