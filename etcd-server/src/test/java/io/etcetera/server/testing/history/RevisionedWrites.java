package io.etcetera.server.testing.history;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Writes by their revision, and by key and revision. */
final class RevisionedWrites {

    /**
     * @param value empty for a deletion
     * @param witness call that made the write, or saw it
     */
    record Write(String key, Optional<String> value, Call witness) {}

    record Entry(long revision, Write write) {}

    private final Map<Long, Write> byRevision = new HashMap<>();
    private final Map<String, NavigableMap<Long, Write>> byKey = new HashMap<>();

    void add(long revision, Write write) {
        byRevision.put(revision, write);
        byKey.computeIfAbsent(write.key(), key -> new TreeMap<>()).put(revision, write);
    }

    Optional<Write> at(long revision) {
        return Optional.ofNullable(byRevision.get(revision));
    }

    /** The newest write of a key at or below a revision. */
    Optional<Entry> newest(String key, long revision) {
        return Optional.ofNullable(byKey.getOrDefault(key, new TreeMap<>()).floorEntry(revision))
                .map(entry -> new Entry(entry.getKey(), entry.getValue()));
    }
}
