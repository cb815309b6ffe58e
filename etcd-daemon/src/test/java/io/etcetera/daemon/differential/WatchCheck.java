package io.etcetera.daemon.differential;

import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest.FilterType;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import java.util.Optional;

/**
 * One watch on one server: compares what it delivers, event by event, with what the history says it has to deliver. Used
 * by one thread.
 */
final class WatchCheck {
    private final Server server;
    private final StoreState store;
    private final WatchCreateRequest request;
    private final KeySpan keys;
    private final long start;
    private final long compactRevisionAtStart;
    private int next;
    private long lastRevision;
    /** No event up to here may come any more: progress was told. */
    private long floor;

    private long idleRevision;
    private boolean inFragments;
    private boolean ended;
    /** It has seen the present, and can no longer fall behind a compaction. */
    private boolean caughtUp;

    /**
     * @param request as it was sent
     * @param start first revision of interest
     * @param compactRevisionAtStart how far the store was certainly compacted when the request was sent
     */
    WatchCheck(Server server, StoreState store, WatchCreateRequest request, long start, long compactRevisionAtStart) {
        this.server = server;
        this.store = store;
        this.request = request;
        this.keys = KeySpan.of(request);
        this.start = start;
        this.compactRevisionAtStart = compactRevisionAtStart;
        this.next = store.history().indexOf(start);
        this.caughtUp = start > store.currentRevision();
    }

    WatchCreateRequest request() {
        return request;
    }

    /** Whether compaction has ended it. */
    boolean isEnded() {
        return ended;
    }

    /** Whether it asked for a revision that is still to come; one that did not ask for any has not. */
    boolean startsInFuture() {
        return request.getStartRevision() > store.currentRevision();
    }

    /** Where to go on after the connection was lost. */
    long resumeRevision() {
        return Math.max(start, lastRevision + 1);
    }

    /** Revision of the last periodic progress. */
    long idleRevision() {
        return idleRevision;
    }

    /** Whether nothing is to be delivered any more of what was written so far. */
    boolean isComplete() {
        if (ended) {
            return true;
        }
        if (mustEnd()) {
            return false;
        }
        int wanted = nextWanted();
        while (wanted < store.history().size() && mayBeMissing(wanted)) {
            next = wanted + 1;
            wanted = nextWanted();
        }
        if (wanted < store.history().size()) {
            return false;
        }
        // One that was delivered nothing may not yet have looked.
        caughtUp |= lastRevision > 0;
        return true;
    }

    /** The first event that is still to come, in words. */
    String missing() {
        int wanted = nextWanted();
        return mustEnd()
                ? "its end by compaction"
                : Texts.of(store.history().get(wanted).event());
    }

    /** Takes a message with events. */
    void take(WatchResponse message) {
        if (ended) {
            throw mismatch("delivers events after compaction has ended it", message);
        }
        Event first = message.getEvents(0);
        if (first.getKv().getModRevision() <= lastRevision && !inFragments) {
            throw mismatch("delivers a revision again, or in two messages", message);
        }
        if (message.getFragment() && !request.getFragment()) {
            throw mismatch("splits a message without leave", message);
        }
        for (Event event : message.getEventsList()) {
            take(event, message);
        }
        inFragments = message.getFragment();
        if (message.getHeader().getRevision() < lastRevision && !inFragments) {
            throw mismatch("has a header older than its events", message);
        }
    }

    private void take(Event event, WatchResponse message) {
        Event bare = event.toBuilder().clearPrevKv().build();
        int wanted = nextWanted();
        while (wanted < store.history().size()
                && !bare.equals(store.history().get(wanted).event())
                && mayBeMissing(wanted)) {
            next = wanted + 1;
            wanted = nextWanted();
        }
        if (wanted >= store.history().size()) {
            throw mismatch("delivers what is not due", message);
        }
        WatchHistory.Change due = store.history().get(wanted);
        if (!bare.equals(due.event())) {
            throw mismatch("delivers another event than is due, " + Texts.of(due.event()), message);
        }
        if (due.revision() <= floor) {
            throw mismatch("delivers events after progress beyond them, " + floor, message);
        }
        checkPrevious(event, due, message);
        next = wanted + 1;
        lastRevision = due.revision();
    }

    private void checkPrevious(Event event, WatchHistory.Change due, WatchResponse message) {
        Optional<KeyValue> seen = event.hasPrevKv() ? Optional.of(event.getPrevKv()) : Optional.empty();
        if (seen.isPresent() && !seen.equals(due.previous())) {
            throw mismatch("has a wrong previous value", message);
        }
        // Stock shares the event with watches that have asked for the previous value, and so may send it to all.
        if (seen.isPresent() && server == Server.OURS) {
            if (!request.getPrevKv()) {
                throw mismatch("has a previous value that was not asked for", message);
            }
            if (due.revision() - 1 < store.settledCompactRevision()) {
                throw mismatch("has a previous value that was compacted", message);
            }
        }
        boolean kept = due.revision() - 1 >= store.compactRevision();
        if (seen.isEmpty() && request.getPrevKv() && kept && due.previous().isPresent()) {
            throw mismatch("lacks a previous value", message);
        }
    }

    /** Takes the message that says that compaction has ended it. */
    void end(WatchResponse message) {
        long compacted = message.getCompactRevision();
        boolean behind = start < compacted && compacted <= store.compactRevision();
        if (ended || caughtUp || !behind || lastRevision >= compacted) {
            throw mismatch("is ended by compaction without reason", message);
        }
        ended = true;
    }

    /** Takes note that all up to a revision has been delivered, as the server says. */
    void progressTo(long revision) {
        floor = Math.max(floor, revision);
        caughtUp = true;
    }

    /** The same, said of this watch alone. */
    void idleAt(long revision) {
        progressTo(revision);
        idleRevision = revision;
    }

    private boolean mustEnd() {
        return start < compactRevisionAtStart;
    }

    /** A change that a compaction to its own revision may have removed before the watch read it. */
    private boolean mayBeMissing(int index) {
        return store.history().get(index).revision() <= store.compactRevision()
                && store.history().isSuperseded(index);
    }

    private int nextWanted() {
        while (next < store.history().size() && !wants(store.history().get(next))) {
            next++;
        }
        return next;
    }

    private boolean wants(WatchHistory.Change change) {
        FilterType left = change.event().getType() == Event.EventType.PUT ? FilterType.NOPUT : FilterType.NODELETE;
        return change.revision() >= start && !request.getFiltersList().contains(left) && keys.contains(change.key());
    }

    private Mismatch mismatch(String what, WatchResponse message) {
        return new Mismatch(
                server + ": watch { " + Texts.of(request) + " } from " + start + " " + what + ": " + Texts.of(message));
    }
}
