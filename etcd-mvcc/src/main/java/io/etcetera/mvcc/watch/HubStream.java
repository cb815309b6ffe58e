package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.mvcc.watch.Watcher.Place;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The watchers of one client stream. Any thread; all state is guarded by the lock of {@link WatcherGroups}. */
final class HubStream implements WatchStream {
    /** Watchers removed in one go by {@link #close()}, so that the apply thread gets its turn. */
    private static final int CLOSE_BATCH = 256;

    final WatchSink sink;
    /** Watchers that are behind and wait for the sink to have room. */
    final Set<Watcher> parked = new LinkedHashSet<>();
    /** The sink has refused a batch and not resumed since. */
    boolean blocked;
    /** How often {@link #resume()} was called. */
    long resumes;

    private final WatcherGroups groups;
    /** By ID, those that compaction has ended included: to the client their IDs stay taken until it cancels them. */
    private final Map<Long, Watcher> watchers = new HashMap<>();

    private long nextId;
    private boolean closed;

    HubStream(WatcherGroups groups, WatchSink sink) {
        this.groups = groups;
        this.sink = sink;
    }

    @Override
    public long watch(WatchRequest request) throws WatchException {
        if (request.range().isEmpty()) {
            throw new WatchException(WatchException.Kind.EMPTY_RANGE);
        }
        groups.lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("watch stream is closed");
            }
            long id = request.watchId();
            if (id == AUTO_ID) {
                while (watchers.containsKey(nextId)) {
                    nextId++;
                }
                id = nextId++;
            } else if (watchers.containsKey(id)) {
                throw new WatchException(WatchException.Kind.DUPLICATE_ID);
            }
            // Revisions start at 1, so whoever asks for less than none (0) asks for everything.
            long next = request.startRevision() == 0 ? groups.present() + 1 : Math.max(1, request.startRevision());
            watchers.put(id, new Watcher(this, id, request, next, groups.nextSerial()));
            groups.watcherCount.incrementAndGet();
            return id;
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public void start(long watchId) {
        groups.lock.lock();
        try {
            Watcher watcher = watchers.get(watchId);
            if (watcher != null && watcher.place == Place.PENDING) {
                groups.settle(watcher);
            }
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public boolean cancel(long watchId) {
        groups.lock.lock();
        try {
            Watcher watcher = watchers.remove(watchId);
            if (watcher == null) {
                return false;
            }
            if (watcher.place != Place.REMOVED) {
                groups.remove(watcher);
            }
            return true;
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public int size() {
        groups.lock.lock();
        try {
            return watchers.size();
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public long progressRevision() {
        groups.lock.lock();
        try {
            for (Watcher watcher : watchers.values()) {
                if (!isUpToDate(watcher)) {
                    return 0;
                }
            }
            return watchers.isEmpty() ? 0 : groups.notified();
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public long progressRevision(long watchId) {
        groups.lock.lock();
        try {
            Watcher watcher = watchers.get(watchId);
            return watcher != null && isUpToDate(watcher) ? groups.notified() : 0;
        } finally {
            groups.lock.unlock();
        }
    }

    private boolean isUpToDate(Watcher watcher) {
        return watcher.place == Place.SYNCED && watcher.startRevision <= groups.notified();
    }

    @Override
    public void resume() {
        groups.lock.lock();
        try {
            resumes++;
            blocked = false;
            groups.resume(this);
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public void close() {
        while (!closeSome()) {
            // The lock is free for a moment between two batches.
        }
    }

    /** Removes some watchers; true when none is left. */
    private boolean closeSome() {
        groups.lock.lock();
        try {
            closed = true;
            for (Long id : watchers.keySet().stream().limit(CLOSE_BATCH).toList()) {
                cancel(id);
            }
            if (!watchers.isEmpty()) {
                return false;
            }
            if (groups.streams.remove(this)) {
                groups.streamCount.decrementAndGet();
            }
            return true;
        } finally {
            groups.lock.unlock();
        }
    }

    /** Inside the lock. */
    Collection<Watcher> watchers() {
        return List.copyOf(watchers.values());
    }
}
