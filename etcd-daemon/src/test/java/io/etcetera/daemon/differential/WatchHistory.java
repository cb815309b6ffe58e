package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every change of the store, as stock etcd told it to a watch of all keys that was there from the beginning. What any
 * other watch has to see follows from it. Used by one thread.
 */
final class WatchHistory {

    /** A change. The value it replaced, if any, is what the key was one revision before. */
    record Change(Event event, Optional<KeyValue> previous) {
        long revision() {
            return event.getKv().getModRevision();
        }

        ByteString key() {
            return event.getKv().getKey();
        }
    }

    private final List<Change> changes = new ArrayList<>();
    private final Map<ByteString, Event> latest = new HashMap<>();
    /** What the keys that the last revision changed were before it. */
    private final Map<ByteString, Optional<KeyValue>> beforeLast = new HashMap<>();

    void add(Event event) {
        long revision = event.getKv().getModRevision();
        ByteString key = event.getKv().getKey();
        if (revision < revision()) {
            throw new Mismatch("stock reports revision " + revision + " behind " + revision());
        }
        if (revision > revision()) {
            beforeLast.clear();
        }
        Optional<KeyValue> before = beforeLast.computeIfAbsent(key, k -> living(latest.get(k)));
        boolean creates =
                event.getType() == Event.EventType.PUT && event.getKv().getCreateRevision() == revision;
        changes.add(new Change(event, creates ? Optional.empty() : before));
        latest.put(key, event);
    }

    private static Optional<KeyValue> living(@Nullable Event event) {
        return event == null || event.getType() == Event.EventType.DELETE
                ? Optional.empty()
                : Optional.of(event.getKv());
    }

    /** The last one known; 1, that of an empty store, before the first change. */
    long revision() {
        return changes.isEmpty() ? 1 : changes.get(changes.size() - 1).revision();
    }

    int size() {
        return changes.size();
    }

    Change get(int index) {
        return changes.get(index);
    }

    /** Index of the first change that is not older than a revision. */
    int indexOf(long revision) {
        int low = 0;
        int high = changes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (changes.get(middle).revision() < revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether a later change of the same revision is of the same key. A compaction to that revision may remove it. */
    boolean isSuperseded(int index) {
        Change change = changes.get(index);
        for (int i = index + 1; i < changes.size() && changes.get(i).revision() == change.revision(); i++) {
            if (changes.get(i).key().equals(change.key())) {
                return true;
            }
        }
        return false;
    }
}
