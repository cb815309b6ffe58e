package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.WatchHub;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/** Watchers of a store. The shape only, for its users to compile against: streams come with the next change. */
public final class StoreWatchHub implements WatchHub, WriteListener, AutoCloseable {

    /**
     * Starts the catch-up thread.
     *
     * @param threads makes the one catch-up thread, which {@link #close()} ends and joins
     */
    public StoreWatchHub(HistorySource source, WatchHubOptions options, ThreadFactory threads) {}

    @Override
    public WatchStream open(WatchSink sink) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void written(long revision, List<Change> changes) {}

    /** The store was replaced by a snapshot: every watcher catches up from it. Apply thread. */
    public void restored() {}

    @Override
    public void close() {}
}
