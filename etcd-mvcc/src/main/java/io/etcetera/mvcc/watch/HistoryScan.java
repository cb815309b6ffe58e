package io.etcetera.mvcc.watch;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One reading of the store for several watchers: collects in each of them its events, and ends between two revisions
 * when enough has been found or seen. Catch-up thread only; no lock.
 */
final class HistoryScan implements ChangeVisitor, Consumer<Watcher> {
    /** A scan sees at most this many times the revisions that it may find, then others get their turn. */
    static final int SPAN_FACTOR = 10;

    private final WatcherIndex index = new WatcherIndex();
    private final HistorySource source;
    private final WatchHubOptions options;
    private final BooleanSupplier cancelled;

    private @Nullable Change change;
    private @Nullable StoreEvent event;
    private long revision = -1;
    private boolean revisionFound;
    private long seen;
    private int found;
    private long bytes;
    private long stoppedBefore = Long.MAX_VALUE;

    /** @param cancelled asked at each change: true ends the scan, whose result is then of no interest */
    HistoryScan(List<Watcher> watchers, HistorySource source, WatchHubOptions options, BooleanSupplier cancelled) {
        this.source = source;
        this.options = options;
        this.cancelled = cancelled;
        watchers.forEach(index::add);
    }

    /** Last revision that the scan has seen in full, {@code target} if it was never stopped. */
    long coveredTo(long target) {
        return Math.min(target, stoppedBefore - 1);
    }

    @Override
    public boolean visit(Change next) {
        if (next.modMain() != revision && !beginRevision(next.modMain())) {
            return false;
        }
        change = next;
        event = null;
        index.find(next.key(), this);
        if (event != null) {
            bytes += next.key().length + next.record().length;
            if (!revisionFound) {
                revisionFound = true;
                found++;
            }
        }
        return true;
    }

    private boolean beginRevision(long next) {
        boolean enough = found >= options.batchRevisions()
                || bytes >= options.batchBytes()
                || seen >= (long) SPAN_FACTOR * options.batchRevisions();
        if (enough || cancelled.getAsBoolean()) {
            stoppedBefore = next;
            return false;
        }
        revision = next;
        revisionFound = false;
        seen++;
        return true;
    }

    @Override
    public void accept(Watcher watcher) {
        Change current = change;
        if (current == null || !watcher.wants(current)) {
            return;
        }
        StoreEvent made = event;
        if (made == null) {
            made = new StoreEvent(current, source);
            event = made;
        }
        watcher.collect(made);
    }
}
