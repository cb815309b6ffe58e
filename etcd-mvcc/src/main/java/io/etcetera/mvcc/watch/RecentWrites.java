package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.WatchEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The last few writes, kept while some watcher is behind. A watcher that has read the store up to here takes the rest
 * from memory inside the hub's lock and is synced in the same step; reading the store can never get there while writes
 * go on. Bounded in revisions, changes and bytes; guarded by the lock of {@link WatcherGroups}.
 *
 * <p>Invariant: no gap between the first write kept and the last one made.
 */
final class RecentWrites {
    private static final int MAX_CHANGES = 1024;

    private record Write(long revision, List<StoreEvent> events, long bytes) {}

    private final ArrayDeque<Write> writes = new ArrayDeque<>();
    private final int maxRevisions;
    private final long maxBytes;
    private int changes;
    private long bytes;

    RecentWrites(int maxRevisions, long maxBytes) {
        this.maxRevisions = maxRevisions;
        this.maxBytes = maxBytes;
    }

    /** Adds the write that follows the last one, and drops the oldest ones that no longer fit. */
    void add(long revision, List<StoreEvent> events) {
        long size = 0;
        for (StoreEvent event : events) {
            size += event.change().key().length + event.change().record().length;
        }
        writes.addLast(new Write(revision, events, size));
        changes += events.size();
        bytes += size;
        while (writes.size() > maxRevisions || changes > MAX_CHANGES || bytes > maxBytes) {
            Write oldest = writes.removeFirst();
            changes -= oldest.events().size();
            bytes -= oldest.bytes();
        }
    }

    void clear() {
        writes.clear();
        changes = 0;
        bytes = 0;
    }

    /** Whether all writes from {@code revision} on are here. */
    boolean cover(long revision) {
        Write oldest = writes.peekFirst();
        return oldest != null && oldest.revision() <= revision;
    }

    /** All events for the watcher from its next revision on, which is covered. */
    List<WatchEvent> eventsFor(Watcher watcher) {
        List<WatchEvent> found = new ArrayList<>();
        for (Write write : writes) {
            if (write.revision() < watcher.next) {
                continue;
            }
            for (StoreEvent event : write.events()) {
                if (watcher.wants(event.change())
                        && watcher.range.contains(event.change().key())) {
                    found.add(event);
                }
            }
        }
        return found;
    }
}
