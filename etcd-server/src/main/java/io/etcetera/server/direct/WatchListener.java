package io.etcetera.server.direct;

import io.etcetera.proto.mvccpb.Event;
import java.util.List;

/**
 * Receives what a watch sees: one call at a time, on a thread of the member's. It may take its time: meanwhile some batches wait,
 * and what comes after them stays in the store, where the watch finds it later. Of all watches of a member, sixteen listeners are
 * called at the same time at most. It may close its watch, but not the member.
 */
@FunctionalInterface
public interface WatchListener {

    /**
     * Changes, in order; all of a revision are in one call. What this throws is logged, and ends the watch.
     *
     * @param events never empty
     * @param revision of the store: that of the events if the watch is up to date, the current one if it is catching up
     */
    void events(List<Event> events, long revision);

    /**
     * The watch wanted, or was so slow that it would need, what a compaction has dropped. This is its end: it can be begun anew
     * from this revision on, once the owner has read what the keys hold.
     */
    default void compacted(long compactRevision) {}

    /** The member has been closed. This is the end of the watch. */
    default void stopped() {}
}
