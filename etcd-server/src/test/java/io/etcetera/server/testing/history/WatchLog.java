package io.etcetera.server.testing.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What one watcher was given, over all its connections, each of which begins at {@link #nextRevision}. Any thread may call it,
 * but the order of the calls must be that of the messages.
 */
public final class WatchLog {

    private final String name;
    private final Predicate<String> keys;
    private final long firstRevision;
    private final List<Entry> entries = new ArrayList<>();
    private long next;

    sealed interface Entry {}

    record Connected(long revision) implements Entry {}

    record Received(WatchEvent event) implements Entry {}

    /** The server says that it has sent all events until this revision. */
    record Progressed(long revision) implements Entry {}

    /**
     * Makes an empty log.
     *
     * @param keys those that it watches
     * @param firstRevision where the first connection begins
     */
    public WatchLog(String name, Predicate<String> keys, long firstRevision) {
        this.name = name;
        this.keys = keys;
        this.firstRevision = firstRevision;
        this.next = firstRevision;
    }

    /** Begins a connection; returns the revision that it is to begin at. */
    public synchronized long connected() {
        entries.add(new Connected(next));
        return next;
    }

    /** Events of one message; a message holds all events of its revisions. */
    public synchronized void received(List<WatchEvent> events) {
        for (WatchEvent event : events) {
            entries.add(new Received(event));
            next = Math.max(next, event.modRevision() + 1);
        }
    }

    /** A progress notification; the next connection may begin behind it. */
    public synchronized void progressed(long revision) {
        entries.add(new Progressed(revision));
        next = Math.max(next, revision + 1);
    }

    /** The lowest revision of which nothing has been seen. */
    public synchronized long nextRevision() {
        return next;
    }

    String name() {
        return name;
    }

    boolean watches(String key) {
        return keys.test(key);
    }

    long firstRevision() {
        return firstRevision;
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }
}
