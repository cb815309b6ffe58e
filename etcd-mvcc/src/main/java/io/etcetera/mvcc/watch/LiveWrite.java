package io.etcetera.mvcc.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The write that the apply thread is reporting: finds the watchers of its changes and makes an event of each change that
 * somebody wants. One object serves all writes, to spare garbage at each; guarded by the lock of {@link WatcherGroups}.
 */
final class LiveWrite implements Consumer<Watcher> {
    private final HistorySource history;
    private final List<Watcher> touched = new ArrayList<>();
    /** In the order of the changes, without those that nobody wants. */
    private final List<StoreEvent> events = new ArrayList<>();

    private @Nullable Change change;
    private @Nullable StoreEvent event;

    LiveWrite(HistorySource history) {
        this.history = history;
    }

    /** Collects in each watcher of the index its events; returns the watchers that have any. Valid until reset. */
    List<Watcher> match(WatcherIndex index, List<Change> changes) {
        for (int i = 0; i < changes.size(); i++) {
            Change current = changes.get(i);
            change = current;
            event = null;
            index.find(current.key(), this);
        }
        return touched;
    }

    @Override
    public void accept(Watcher watcher) {
        Change current = change;
        if (current == null || !watcher.wants(current)) {
            return;
        }
        StoreEvent made = event;
        if (made == null) {
            made = new StoreEvent(current, history);
            event = made;
            events.add(made);
        }
        if (!watcher.hasCollected()) {
            touched.add(watcher);
        }
        watcher.collect(made);
    }

    /** Events of all changes, those that somebody has been given among them. */
    List<StoreEvent> allEvents(List<Change> changes) {
        List<StoreEvent> all = new ArrayList<>(changes.size());
        int known = 0;
        for (Change each : changes) {
            if (known < events.size() && events.get(known).change().modSub() == each.modSub()) {
                all.add(events.get(known++));
            } else {
                all.add(new StoreEvent(each, history));
            }
        }
        return all;
    }

    void reset() {
        touched.clear();
        events.clear();
        change = null;
        event = null;
    }
}
