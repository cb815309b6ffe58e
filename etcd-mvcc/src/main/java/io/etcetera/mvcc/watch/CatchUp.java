package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.watch.Watcher.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings watchers that are behind up to the present. Each pass reads a stretch of history once for all watchers that
 * want it, without the hub's lock, then takes the lock to hand over their batches and move them on. Passes go round: the
 * next one begins at the lowest waiting watcher above the stretch just read, and from the bottom again after the top, so
 * nobody starves behind watchers that have further to go.
 *
 * <p>A watcher becomes synced inside the lock, where no write can come between: either nothing was written since the
 * store was read, or {@link RecentWrites} holds all that was. That is why there is neither gap nor repetition.
 *
 * <p>Owned by the catch-up thread, which sleeps when nobody is behind.
 */
final class CatchUp implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    /**
     * Watchers served in one go inside the lock. That takes some microseconds, about as long as handing a fair lock to a
     * thread that waits for it.
     */
    private static final int HANDOVERS = 16;

    private final WatcherGroups groups;
    private final HistorySource source;
    private final WatchHubOptions options;
    private volatile boolean closed;
    private long cursor;
    /** Somebody whom the last pass has served wants another one. */
    private boolean unfinished;

    /** What a pass has to work with, as found inside the lock. */
    private record Pass(
            List<Watcher> watchers, long round, long epoch, long compacted, long target, boolean fromMemory) {}

    CatchUp(WatcherGroups groups, HistorySource source, WatchHubOptions options) {
        this.groups = groups;
        this.source = source;
        this.options = options;
    }

    /** Makes {@link #run} return soon. Any thread. */
    void close() {
        groups.lock.lock();
        try {
            closed = true;
            groups.work.signalAll();
        } finally {
            groups.lock.unlock();
        }
    }

    @Override
    public void run() {
        while (awaitWork()) {
            try {
                pass();
            } catch (RuntimeException e) {
                LOG.error(
                        "cannot read history for watchers that are behind; trying again in {}",
                        options.failurePause(),
                        e);
                pause();
            }
        }
    }

    /** Sleeps until there are waiting watchers; false when closed. */
    private boolean awaitWork() {
        groups.lock.lock();
        try {
            while (!closed && !groups.hasWaiting()) {
                groups.work.awaitUninterruptibly();
            }
            if (!unfinished) {
                sleepUnless(groups::hasFullPass, options.gatherDelay());
            }
            return !closed;
        } finally {
            groups.lock.unlock();
        }
    }

    private void pause() {
        groups.lock.lock();
        try {
            sleepUnless(() -> false, options.failurePause());
        } finally {
            groups.lock.unlock();
        }
    }

    /** Inside the lock, which is free while sleeping. Ends early when closed. */
    private void sleepUnless(BooleanSupplier awake, Duration atMost) {
        long left = atMost.toNanos();
        while (!closed && !awake.getAsBoolean() && left > 0) {
            try {
                left = groups.work.awaitNanos(left);
            } catch (InterruptedException e) {
                // Nobody who knows this thread interrupts it; close() is how it ends.
                LOG.warn("catch-up thread of the watch hub was interrupted; it goes on", e);
            }
        }
    }

    /** Serves some of the waiting watchers, if there are any. Runs on the catch-up thread, or a test's. */
    void pass() {
        Pass pass = begin();
        if (pass.watchers().isEmpty()) {
            return;
        }
        try {
            List<Watcher> live = new ArrayList<>(pass.watchers().size());
            for (Watcher watcher : pass.watchers()) {
                if (watcher.next < pass.compacted()) {
                    endCompacted(watcher, pass);
                } else {
                    live.add(watcher);
                }
            }
            if (!live.isEmpty()) {
                serve(pass, live);
            }
        } finally {
            putBack(pass.watchers());
        }
    }

    private Pass begin() {
        groups.lock.lock();
        try {
            unfinished = false;
            long span = (long) HistoryScan.SPAN_FACTOR * options.batchRevisions();
            List<Watcher> watchers = groups.takeWaiting(cursor, span);
            long from = watchers.isEmpty() ? 0 : watchers.get(0).next;
            // Where to go on if this pass fails or finds only compacted watchers.
            cursor = from + 1;
            return new Pass(
                    watchers,
                    groups.nextRound(),
                    groups.epoch(),
                    source.compactRevision(),
                    source.currentRevision(),
                    groups.recent.cover(from));
        } finally {
            groups.lock.unlock();
        }
    }

    /** @param live taken watchers in order of their next revision, none of it compacted when the pass began */
    private void serve(Pass pass, List<Watcher> live) {
        long from = live.get(0).next;
        if (pass.fromMemory()) {
            deliver(live, pass, from - 1);
            return;
        }
        HistoryScan scan = new HistoryScan(live, source, options, () -> closed);
        if (!read(scan, from, pass.target()) || closed) {
            return;
        }
        long coveredTo = scan.coveredTo(pass.target());
        // Those just served wait at coveredTo + 1; whoever is above them comes first.
        cursor = coveredTo + 2;
        deliver(live, pass, coveredTo);
    }

    /** False if a compaction overtook the reading, so that what was read may have holes. */
    private boolean read(HistoryScan scan, long from, long target) {
        try {
            source.changesSince(from, target, scan);
        } catch (RevisionException e) {
            if (e.kind() == RevisionException.Kind.COMPACTED && source.compactRevision() > from) {
                return false;
            }
            throw new IllegalStateException("store refused to read from " + from + " to " + target, e);
        }
        return source.compactRevision() <= from;
    }

    private void deliver(List<Watcher> live, Pass pass, long coveredTo) {
        for (int from = 0; from < live.size(); from += HANDOVERS) {
            groups.lock.lock();
            try {
                for (Watcher watcher : live.subList(from, Math.min(live.size(), from + HANDOVERS))) {
                    deliver(watcher, pass, coveredTo);
                }
            } finally {
                groups.lock.unlock();
            }
        }
    }

    /** Hands over what was collected for a watcher up to {@code coveredTo}, and moves it on. Inside the lock. */
    private void deliver(Watcher watcher, Pass pass, long coveredTo) {
        List<WatchEvent> events = watcher.takeCollected();
        if (watcher.place != Place.CATCHING || groups.epoch() != pass.epoch()) {
            return;
        }
        if (!hand(watcher, pass, events, pass.target())) {
            return;
        }
        watcher.next = Math.max(watcher.next, coveredTo + 1);
        if (watcher.next <= groups.notified() && groups.recent.cover(watcher.next)) {
            if (!hand(watcher, pass, groups.recent.eventsFor(watcher), groups.notified())) {
                return;
            }
            watcher.next = groups.notified() + 1;
        }
        groups.settle(watcher);
        unfinished |= watcher.place == Place.WAITING;
    }

    /** False if the watcher is no longer in our hands: refused, or cancelled by its sink. */
    private boolean hand(Watcher watcher, Pass pass, List<WatchEvent> events, long revision) {
        if (events.isEmpty()) {
            return true;
        }
        if (!groups.offer(watcher, new WatchBatch(watcher.id, revision, events, 0, pass.round()))) {
            groups.refused(watcher, watcher.next, events.size());
            return false;
        }
        return watcher.place == Place.CATCHING;
    }

    private void endCompacted(Watcher watcher, Pass pass) {
        groups.lock.lock();
        try {
            if (watcher.place != Place.CATCHING) {
                return;
            }
            if (!groups.offer(watcher, new WatchBatch(watcher.id, 0, List.of(), pass.compacted(), pass.round()))) {
                groups.refused(watcher, watcher.next, 0);
            } else if (watcher.place == Place.CATCHING) {
                // Its stream still knows the ID, until the client lets go of it.
                groups.remove(watcher);
            }
        } finally {
            groups.lock.unlock();
        }
    }

    /** After a pass that was cut short: its watchers wait again, with nothing collected. */
    private void putBack(List<Watcher> watchers) {
        groups.lock.lock();
        try {
            for (Watcher watcher : watchers) {
                if (watcher.place == Place.CATCHING) {
                    watcher.takeCollected();
                    groups.settle(watcher);
                }
            }
        } finally {
            groups.lock.unlock();
        }
    }
}
