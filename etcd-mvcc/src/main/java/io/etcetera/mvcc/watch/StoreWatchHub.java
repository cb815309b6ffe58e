package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.WatchCounts;
import io.etcetera.mvcc.WatchHub;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.mvcc.backend.Uninterruptibly;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Watchers of a store. Synced ones are given each write by the apply thread, through {@link #written}; those that are
 * behind, because they ask for the past or their client is slow, are served from history by one catch-up thread until
 * they are synced.
 *
 * <p>One fair lock guards all state and is held while sinks are called; see {@link WatchSink} for what follows from that.
 * The apply thread takes it once for each write, and waits at most for one registration, one cancellation, a few
 * catch-up batches being handed to sinks, or a stream's watchers being lined up again; the store is never read inside it. Batches of one watcher come in order of
 * revision, each revision once and in one batch.
 *
 * <p>Close the hub after the streams' owners and before the store.
 */
public final class StoreWatchHub implements WatchHub, WriteListener, AutoCloseable {
    private final WatcherGroups groups;
    private final CatchUp catchUp;
    private final @Nullable Thread thread;

    /**
     * Starts the catch-up thread.
     *
     * @param threads makes the one catch-up thread, which {@link #close()} ends and joins
     */
    public StoreWatchHub(HistorySource source, WatchHubOptions options, ThreadFactory threads) {
        this.groups = new WatcherGroups(source, options);
        this.catchUp = new CatchUp(groups, source, options);
        this.thread = threads.newThread(catchUp);
        if (thread == null) {
            throw new IllegalStateException("thread factory made no thread");
        }
        thread.start();
    }

    /** Without a thread: whoever makes it calls {@link #catchUpOnce()}. */
    StoreWatchHub(HistorySource source, WatchHubOptions options) {
        this.groups = new WatcherGroups(source, options);
        this.catchUp = new CatchUp(groups, source, options);
        this.thread = null;
    }

    /** @throws IllegalStateException if the hub is closed */
    @Override
    public WatchStream open(WatchSink sink) {
        groups.lock.lock();
        try {
            if (groups.closed) {
                throw new IllegalStateException("watch hub is closed");
            }
            HubStream stream = new HubStream(groups, sink);
            groups.streams.add(stream);
            groups.streamCount.incrementAndGet();
            return stream;
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public void written(long revision, List<Change> changes) {
        groups.lock.lock();
        try {
            groups.notifySynced(revision, changes);
        } finally {
            groups.lock.unlock();
        }
    }

    /**
     * The store was replaced by a snapshot: watchers catch up from it. Apply thread, after {@link HistorySource} serves
     * the new store and before the next write.
     */
    public void restored() {
        groups.lock.lock();
        try {
            groups.restored();
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public WatchCounts counts() {
        return new WatchCounts(
                groups.streamCount.get(),
                groups.watcherCount.get(),
                groups.unsyncedCount.get(),
                groups.pendingEvents.get(),
                groups.eventsTotal.sum());
    }

    /**
     * Removes all watchers, then ends and joins the catch-up thread. Idempotent. Not from inside a sink, which would
     * wait for itself.
     */
    @Override
    public void close() {
        for (HubStream stream : closeToNewcomers()) {
            stream.close();
        }
        catchUp.close();
        if (thread != null) {
            Uninterruptibly.join(thread);
        }
    }

    private List<HubStream> closeToNewcomers() {
        groups.lock.lock();
        try {
            groups.closed = true;
            return List.copyOf(groups.streams);
        } finally {
            groups.lock.unlock();
        }
    }

    /** One pass of the catch-up thread. */
    void catchUpOnce() {
        catchUp.pass();
    }
}
