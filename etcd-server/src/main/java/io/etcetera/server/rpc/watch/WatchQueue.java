package io.etcetera.server.rpc.watch;

import io.etcetera.mvcc.WatchBatch;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent on one watch stream, in order: batches of events from the store, and replies to the client's
 * requests. One queue for both, so that a reply never overtakes the events that came before it: "canceled" is the last
 * word on a watch, and progress tells of nothing that is still to come.
 *
 * <p>Batches are bounded: one too many is refused, and the store keeps the watcher's place. Only a write, or a reading of
 * history, that some watches of the stream have been given is given to the others too, however many they are: they share
 * its events, and giving each watch much at a time is what lets a stream catch up. Replies need no bound of
 * their own, because the stream stops reading requests while some wait. Batches are added by the store's threads,
 * replies by the event loop, which alone takes out.
 */
final class WatchQueue {
    static final int MAX_BATCHES = 128;

    /** Something to send. */
    sealed interface Entry {
        record Events(WatchBatch batch) implements Entry {}

        record Created(Watch watch, long revision) implements Entry {}

        record Refused(long revision, String reason) implements Entry {}

        record Canceled(long watchId, long revision) implements Entry {}

        record Progress(long watchId, long revision) implements Entry {}
    }

    /** What the stream remembers of a watch. Belongs to the event loop. */
    static final class Watch {
        final long id;
        final boolean prevKv;
        final boolean fragment;
        final boolean progressNotify;
        /** Whether it was sent events since the last periodic look. */
        boolean busy;

        Watch(long id, boolean prevKv, boolean fragment, boolean progressNotify) {
            this.id = id;
            this.prevKv = prevKv;
            this.fragment = fragment;
            this.progressNotify = progressNotify;
        }
    }

    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger replies = new AtomicInteger();
    private final AtomicBoolean refused = new AtomicBoolean();
    /** Of the last batch. Guarded by whoever offers. */
    private long lastRound;

    /** Adds a batch, unless there are too many. One call at a time. */
    boolean offer(WatchBatch batch) {
        if (batches.get() >= MAX_BATCHES && batch.round() != lastRound) {
            refused.set(true);
            return false;
        }
        lastRound = batch.round();
        batches.incrementAndGet();
        entries.add(new Entry.Events(batch));
        return true;
    }

    void add(Entry reply) {
        replies.incrementAndGet();
        entries.add(reply);
    }

    @Nullable
    Entry poll() {
        Entry entry = entries.poll();
        if (entry instanceof Entry.Events) {
            batches.decrementAndGet();
        } else if (entry != null) {
            replies.decrementAndGet();
        }
        return entry;
    }

    /** Replies that wait. */
    int replies() {
        return replies.get();
    }

    /** True once after a batch was refused, as soon as half of the room is free again. */
    boolean takeRoomAgain() {
        return refused.get() && batches.get() <= MAX_BATCHES / 2 && refused.compareAndSet(true, false);
    }
}
