package io.etcetera.mvcc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a store should do, as plainly as can be said: a full copy of the live keys for each revision. */
final class StoreModel {

    record Version(String value, long create, long mod, long version, long lease) {}

    private final Map<Long, TreeMap<String, Version>> states = new TreeMap<>();
    private TreeMap<String, Version> draft = new TreeMap<>();
    private long current = 1;
    private long compacted = -1;
    private boolean changed;

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
        draft.put(
                key,
                old == null
                        ? new Version(value, main, main, 1, lease)
                        : new Version(value, old.create, main, old.version + 1, lease));
        changed = true;
    }

    int delete(String start, String end) {
        List<String> keys = new ArrayList<>(in(draft, start, end).keySet());
        keys.forEach(draft::remove);
        changed |= !keys.isEmpty();
        return keys.size();
    }

    void end() {
        if (changed) {
            current++;
            states.put(current, draft);
            draft = new TreeMap<>(draft);
            changed = false;
        }
    }

    void compact(long revision) {
        compacted = revision;
        states.keySet().removeIf(r -> r < revision);
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
