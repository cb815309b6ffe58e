package io.etcetera.server.cluster.boot;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A discovery service in memory, in which others register when this member waits for them. */
final class FakeDiscoveryService implements DiscoveryService {
    private final Map<String, Entry> entries = new TreeMap<>();
    private final Deque<Runnable> whileWaiting = new ArrayDeque<>();
    private long revision = 1;

    /** What happens when this member has registered. */
    Runnable afterPut = () -> {};

    /** How many requests fail from now on. */
    int outages;

    boolean closed;

    /** What happens when somebody waits, once each. */
    void whenWaitedFor(Runnable event) {
        whileWaiting.add(event);
    }

    /** Sets a key, as anybody else does. */
    void set(String key, String value) {
        revision++;
        Entry before = entries.get(key);
        entries.put(key, new Entry(key, value, before == null ? revision : before.createRevision()));
    }

    List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    private void mayFail() throws IOException {
        if (outages > 0) {
            outages--;
            throw new IOException("connection refused");
        }
    }

    @Override
    public Entries get(String key) throws IOException {
        mayFail();
        Entry found = entries.get(key);
        return new Entries(found == null ? List.of() : List.of(found), revision);
    }

    @Override
    public Entries getAll(String prefix) throws IOException {
        mayFail();
        List<Entry> found = new ArrayList<>();
        entries.forEach((key, entry) -> {
            if (key.startsWith(prefix)) {
                found.add(entry);
            }
        });
        return new Entries(found, revision);
    }

    @Override
    public void put(String key, String value) throws IOException {
        mayFail();
        set(key, value);
        afterPut.run();
    }

    @Override
    public void awaitChange(String prefix, long afterRevision) throws IOException {
        mayFail();
        if (afterRevision != revision) {
            throw new AssertionError("changes after " + revision + " matter, not after " + afterRevision);
        }
        whileWaiting.remove().run();
    }

    @Override
    public void close() {
        closed = true;
    }
}
