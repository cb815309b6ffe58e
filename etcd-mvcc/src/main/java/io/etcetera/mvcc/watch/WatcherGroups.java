package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.watch.Watcher.Place;
import io.etcetera.mvcc.watch.Watcher.Position;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All watchers, by how far they are, and the one lock that guards them. Sinks are called inside it, so that batches of a
 * stream cannot overtake one another and none comes after a cancel. Nobody holds it while reading the store, and the
 * catch-up thread lets go of it after every few watchers it serves. It is fair: otherwise that thread, which takes it in
 * a loop, could keep the apply thread out.
 *
 * <p>All methods want the lock held. A sink may call back into its stream from inside {@link #offer}; whoever offers
 * looks at the watcher's place again afterwards.
 */
final class WatcherGroups {
    private static final Logger LOG = LoggerFactory.getLogger(WatcherGroups.class);

    final ReentrantLock lock = new ReentrantLock(true);
    /** Signalled when the catch-up thread has something to do, and when it has enough for a full pass. */
    final Condition work = lock.newCondition();

    final Set<HubStream> streams = new LinkedHashSet<>();
    final RecentWrites recent;
    boolean closed;

    private final WatcherIndex synced = new WatcherIndex();
    private final TreeMap<Position, Watcher> waiting = new TreeMap<>();
    private final HistorySource source;
    private final LiveWrite live;
    private final int passWatchers;
    /** Last revision that the synced watchers have been given. */
    private long notified;
    /** How often the store was replaced; what was read before that is worth nothing after it. */
    private long epoch;

    private long serials;
    private long rounds;

    final AtomicLong streamCount = new AtomicLong();
    final AtomicLong watcherCount = new AtomicLong();
    final AtomicLong unsyncedCount = new AtomicLong();
    final AtomicLong pendingEvents = new AtomicLong();
    final LongAdder eventsTotal = new LongAdder();

    WatcherGroups(HistorySource source, WatchHubOptions options) {
        this.source = source;
        this.recent = new RecentWrites(options.batchRevisions(), options.batchBytes());
        this.live = new LiveWrite(source);
        this.passWatchers = options.passWatchers();
        this.notified = source.currentRevision();
    }

    long notified() {
        return notified;
    }

    long epoch() {
        return epoch;
    }

    /** The revision behind which a watcher of "what comes after the present" starts. */
    long present() {
        return Math.max(source.currentRevision(), notified);
    }

    long nextSerial() {
        return serials++;
    }

    /** A number for the batches of one write, or of one reading of history. */
    long nextRound() {
        return ++rounds;
    }

    /** Gives the changes of a write to the synced watchers. */
    void notifySynced(long revision, List<Change> changes) {
        assert lock.isHeldByCurrentThread();
        notified = Math.max(notified, revision);
        if (synced.size() == 0 && unsyncedCount.get() == 0) {
            recent.clear();
            return;
        }
        long round = nextRound();
        List<Watcher> touched = live.match(synced, changes);
        for (int i = 0; i < touched.size(); i++) {
            Watcher watcher = touched.get(i);
            List<WatchEvent> events = watcher.takeCollected();
            if (watcher.place == Place.SYNCED
                    && !offer(watcher, new WatchBatch(watcher.id, revision, events, 0, round))) {
                refused(watcher, revision, events.size());
            }
        }
        if (unsyncedCount.get() > 0) {
            recent.add(revision, live.allEvents(changes));
        } else {
            recent.clear();
        }
        live.reset();
    }

    /** Every synced watcher is behind again, if there is something between its place and the store's new present. */
    void restored() {
        assert lock.isHeldByCurrentThread();
        epoch++;
        long before = notified;
        notified = source.currentRevision();
        recent.clear();
        for (HubStream stream : streams) {
            for (Watcher watcher : stream.watchers()) {
                if (watcher.place == Place.SYNCED) {
                    watcher.next = Math.max(watcher.next, before + 1);
                    settle(watcher);
                }
            }
        }
    }

    /**
     * Hands a batch to the watcher's sink. A stream whose sink has refused is not offered more until it resumes, so that
     * its watchers fall back together.
     */
    boolean offer(Watcher watcher, WatchBatch batch) {
        assert lock.isHeldByCurrentThread();
        HubStream stream = watcher.stream;
        if (stream.blocked) {
            return false;
        }
        long resumes = stream.resumes;
        boolean taken;
        try {
            taken = stream.sink.offer(batch);
        } catch (RuntimeException e) {
            // Against the contract. Neither the apply thread nor other streams may suffer from it.
            LOG.error("sink of a watch stream failed; the stream waits until it resumes", e);
            taken = false;
        }
        if (taken) {
            eventsTotal.add(batch.events().size());
            setRefused(watcher, 0);
        } else {
            // If the sink found room and resumed before it returned, nobody will resume a second time.
            stream.blocked = stream.resumes == resumes;
        }
        return taken;
    }

    /** Sets a watcher aside whose events from {@code next} on were refused, unless its sink has removed it. */
    void refused(Watcher watcher, long next, int events) {
        if (watcher.place == Place.REMOVED) {
            return;
        }
        leave(watcher);
        watcher.next = next;
        setRefused(watcher, events);
        enter(watcher, watcher.stream.blocked ? Place.PARKED : Place.WAITING);
    }

    /** Puts a watcher into the group where its {@code next} belongs. */
    void settle(Watcher watcher) {
        leave(watcher);
        if (watcher.next > notified) {
            enter(watcher, Place.SYNCED);
        } else {
            enter(watcher, watcher.stream.blocked ? Place.PARKED : Place.WAITING);
        }
    }

    void remove(Watcher watcher) {
        leave(watcher);
        enter(watcher, Place.REMOVED);
        setRefused(watcher, 0);
        watcherCount.decrementAndGet();
    }

    /** Lets the watchers that a stream's refusal has set aside go on. */
    void resume(HubStream stream) {
        assert lock.isHeldByCurrentThread();
        List.copyOf(stream.parked).forEach(this::settle);
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Whether one reading of history would have as many watchers to serve as it may. */
    boolean hasFullPass() {
        return waiting.size() >= passWatchers;
    }

    /**
     * Takes watchers that one reading of the store from the returned ones' lowest {@code next} can serve: the first
     * waiting one from {@code cursor} on, or else the first of all, and those less than {@code span} revisions above.
     */
    List<Watcher> takeWaiting(long cursor, long span) {
        assert lock.isHeldByCurrentThread();
        Map.Entry<Position, Watcher> first = waiting.ceilingEntry(new Position(cursor, 0));
        if (first == null) {
            first = waiting.firstEntry();
        }
        if (first == null) {
            return List.of();
        }
        long from = first.getKey().next();
        List<Watcher> taken = new ArrayList<>();
        for (Watcher watcher : waiting.tailMap(first.getKey(), true).values()) {
            if (taken.size() == passWatchers || watcher.next - from >= span) {
                break;
            }
            taken.add(watcher);
        }
        for (Watcher watcher : taken) {
            leave(watcher);
            enter(watcher, watcher.stream.blocked ? Place.PARKED : Place.CATCHING);
        }
        taken.removeIf(watcher -> watcher.place == Place.PARKED);
        return taken;
    }

    private void setRefused(Watcher watcher, int events) {
        if (watcher.refused != events) {
            pendingEvents.addAndGet(events - watcher.refused);
            watcher.refused = events;
        }
    }

    private void leave(Watcher watcher) {
        assert lock.isHeldByCurrentThread();
        if (watcher.isUnsynced()) {
            unsyncedCount.decrementAndGet();
        }
        switch (watcher.place) {
            case SYNCED -> synced.remove(watcher);
            case WAITING -> waiting.remove(watcher.position());
            case PARKED -> watcher.stream.parked.remove(watcher);
            case PENDING, CATCHING -> {}
            case REMOVED -> throw new IllegalStateException("watcher was removed");
        }
    }

    /** The watcher has left its old place; its {@code next} stays as it is while it is in the new one. */
    private void enter(Watcher watcher, Place place) {
        watcher.place = place;
        switch (place) {
            case SYNCED -> synced.add(watcher);
            case WAITING -> {
                waiting.put(watcher.position(), watcher);
                if (waiting.size() == 1 || waiting.size() == passWatchers) {
                    work.signal();
                }
            }
            case PARKED -> watcher.stream.parked.add(watcher);
            case CATCHING, REMOVED -> {}
            case PENDING -> throw new IllegalStateException("a started watcher cannot be pending");
        }
        if (watcher.isUnsynced()) {
            unsyncedCount.incrementAndGet();
        }
    }
}
