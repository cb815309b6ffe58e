package io.etcetera.mvcc.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Finds the watchers of a key: single keys by hash, ranges in a {@link RangeTree}. Not thread-safe.
 *
 * <p>A watcher may be removed only from the index that it was last added to: it carries its place in the list there.
 */
final class WatcherIndex {

    /** Key bytes with value equality; ordered, so that keys made to collide do not turn a bucket into a list. */
    private record Key(byte[] bytes) implements Comparable<Key> {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public int compareTo(Key other) {
            return Arrays.compareUnsigned(bytes, other.bytes);
        }
    }

    private final Map<Key, List<Watcher>> singles = new HashMap<>();
    private final RangeTree ranges = new RangeTree();
    private int size;

    /** Adds a watcher of a range that is not empty. */
    void add(Watcher watcher) {
        if (watcher.range.isSingle()) {
            push(singles.computeIfAbsent(new Key(watcher.range.start()), key -> new ArrayList<>(1)), watcher);
        } else {
            ranges.add(watcher);
        }
        size++;
    }

    void remove(Watcher watcher) {
        if (watcher.range.isSingle()) {
            Key key = new Key(watcher.range.start());
            List<Watcher> same = singles.get(key);
            if (same == null) {
                throw new IllegalStateException("no watcher of this key");
            }
            pull(same, watcher);
            if (same.isEmpty()) {
                singles.remove(key);
            }
        } else {
            ranges.remove(watcher);
        }
        size--;
    }

    /** Calls {@code found} once for each watcher whose range holds the key. */
    void find(byte[] key, Consumer<Watcher> found) {
        if (!singles.isEmpty()) {
            List<Watcher> same = singles.get(new Key(key));
            if (same != null) {
                same.forEach(found);
            }
        }
        ranges.find(key, found);
    }

    int size() {
        return size;
    }

    static void push(List<Watcher> list, Watcher watcher) {
        watcher.slot = list.size();
        list.add(watcher);
    }

    /** Removes by putting the last in the gap: constant time however many watch the same range. */
    static void pull(List<Watcher> list, Watcher watcher) {
        if (list.get(watcher.slot) != watcher) {
            throw new IllegalStateException("watcher is not in this index");
        }
        Watcher last = list.remove(list.size() - 1);
        if (last != watcher) {
            list.set(watcher.slot, last);
            last.slot = watcher.slot;
        }
    }
}
