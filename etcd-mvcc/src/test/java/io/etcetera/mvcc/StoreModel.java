package io.etcetera.mvcc;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a store should do, as plainly as can be said: a full copy of the live keys for each revision, and a list of the
 * records that have not been compacted.
 */
final class StoreModel {

    record Version(String value, long create, long mod, long version, long lease) {}

    /** A change of a key; a deletion if {@code version} is 0. */
    private record Change(long main, long sub, String key, long version) {
        boolean isDelete() {
            return version == 0;
        }
    }

    private final Map<Long, TreeMap<String, Version>> states = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final Map<String, String> leaseRecords = new TreeMap<>();
    private TreeMap<String, Version> draft = new TreeMap<>();
    private long sub;
    private long current = 1;
    private long compacted = -1;

    StoreModel() {
        states.put(1L, new TreeMap<>());
    }

    long current() {
        return current;
    }

    long compacted() {
        return compacted;
    }

    void put(String key, String value, long lease) {
        Version old = draft.get(key);
        long main = current + 1;
        Version put = old == null
                ? new Version(value, main, main, 1, lease)
                : new Version(value, old.create, main, old.version + 1, lease);
        draft.put(key, put);
        changes.add(new Change(main, sub++, key, put.version));
    }

    int delete(String start, String end) {
        List<String> keys = new ArrayList<>(in(draft, start, end).keySet());
        for (String key : keys) {
            draft.remove(key);
            changes.add(new Change(current + 1, sub++, key, 0));
        }
        return keys.size();
    }

    void end() {
        if (sub > 0) {
            current++;
            states.put(current, draft);
            draft = new TreeMap<>(draft);
            sub = 0;
        }
    }

    void compact(long revision) {
        compacted = revision;
        states.keySet().removeIf(r -> r < revision);
        Map<String, Change> newest = new HashMap<>();
        changes.stream().filter(change -> change.main <= revision).forEach(change -> newest.put(change.key, change));
        newest.values().removeIf(change -> change.isDelete() && change.main < revision);
        changes.removeIf(change -> change.main <= revision && !change.equals(newest.get(change.key)));
    }

    /** As {@link StoreFixture#records()} once all compactions are done. */
    List<String> records() {
        return changes.stream()
                .map(change -> change.main + "." + change.sub + (change.isDelete() ? "t" : ""))
                .toList();
    }

    /** As {@link StoreFixture#history}; of the compact revision itself what a finished compaction leaves. */
    List<String> history(long from) {
        return changes.stream()
                .filter(change -> change.main >= from)
                .map(change -> change.main + "." + change.sub + " " + change.key
                        + (change.isDelete() ? " deleted" : " v" + change.version))
                .toList();
    }

    /** Sets a record of the bucket that the store leaves to others; an empty value deletes it. */
    void setLeaseRecord(String id, String value) {
        if (value.isEmpty()) {
            leaseRecords.remove(id);
        } else {
            leaseRecords.put(id, value);
        }
    }

    Map<String, String> leaseRecords() {
        return leaseRecords;
    }

    /** As {@link StoreFixture#show}, of the draft if {@code revision} is 0. */
    List<String> show(String start, String end, long revision) {
        List<String> all = new ArrayList<>();
        TreeMap<String, Version> state = revision == 0 ? draft : states.getOrDefault(revision, new TreeMap<>());
        in(state, start, end)
                .forEach((key, v) -> all.add(key + "=" + v.value + " c" + v.create + " m" + v.mod + " v" + v.version
                        + (v.lease == 0 ? "" : " l" + v.lease)));
        return all;
    }

    Map<String, Long> leases() {
        Map<String, Long> all = new TreeMap<>();
        draft.forEach((key, v) -> {
            if (v.lease != 0) {
                all.put(key, v.lease);
            }
        });
        return all;
    }

    private static Map<String, Version> in(NavigableMap<String, Version> state, String start, String end) {
        if (end.isEmpty()) {
            Version version = state.get(start);
            return version == null ? Map.of() : Map.of(start, version);
        }
        if (end.equals("\0")) {
            return state.tailMap(start, true);
        }
        return start.compareTo(end) >= 0 ? Map.of() : state.subMap(start, true, end, false);
    }
}
