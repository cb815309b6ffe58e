package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.WatchRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * One watcher, and where it stands. Everything that changes is guarded by the lock of {@link WatcherGroups}, except
 * {@link #collect} and {@link #takeCollected}: these belong to the catch-up thread while the watcher is
 * {@link Place#CATCHING}, else to the apply thread inside the lock.
 *
 * <p>Invariant: every event below {@code next} that the watcher wants has been taken by its sink, none from
 * {@code next} on. For a synced watcher {@code next} may lag: all revisions up to the hub's last one are behind it.
 */
final class Watcher {

    /** Which group a watcher is in. It leaves {@code PENDING} once, enters {@code REMOVED} once, and roams between. */
    enum Place {
        /** Made, not yet started. */
        PENDING,
        /** Has seen all there is; the apply thread feeds it. */
        SYNCED,
        /** Behind, and waiting for its turn with the catch-up thread. */
        WAITING,
        /** Behind, and in the hands of the catch-up thread. */
        CATCHING,
        /** Behind, and its sink has no room. */
        PARKED,
        /** Cancelled, or ended by compaction. */
        REMOVED
    }

    /** Order of waiting watchers: those that want the oldest history first, then those that came first. */
    record Position(long next, long serial) implements Comparable<Position> {
        @Override
        public int compareTo(Position other) {
            int byNext = Long.compare(next, other.next);
            return byNext != 0 ? byNext : Long.compare(serial, other.serial);
        }
    }

    final HubStream stream;
    final long id;
    final KeyRange range;
    final long startRevision;
    final long serial;
    private final boolean noPut;
    private final boolean noDelete;

    Place place = Place.PENDING;
    /** First revision that the watcher has not been given yet. */
    long next;
    /** Events of the last refused batch; 0 once the sink has taken one again. */
    int refused;
    /** Index in the list of watchers of the same range, maintained by {@link WatcherIndex}. */
    int slot;

    private List<WatchEvent> collected = List.of();

    /**
     * @param next at least 1
     * @param serial unique in the hub
     */
    Watcher(HubStream stream, long id, WatchRequest request, long next, long serial) {
        this.stream = stream;
        this.id = id;
        this.range = request.range();
        this.startRevision = request.startRevision();
        this.noPut = request.noPut();
        this.noDelete = request.noDelete();
        this.next = next;
        this.serial = serial;
    }

    Position position() {
        return new Position(next, serial);
    }

    boolean isUnsynced() {
        return switch (place) {
            case WAITING, CATCHING, PARKED -> true;
            case PENDING, SYNCED, REMOVED -> false;
        };
    }

    /** Whether the change, of a key in the range, is one to deliver. */
    boolean wants(Change change) {
        return change.modMain() >= next && !(change.isDelete() ? noDelete : noPut);
    }

    /** Adds an event to the batch being put together. */
    void collect(StoreEvent event) {
        switch (collected.size()) {
            case 0 -> collected = event.alone();
            case 1 -> {
                List<WatchEvent> several = new ArrayList<>(4);
                several.addAll(collected);
                several.add(event);
                collected = several;
            }
            default -> collected.add(event);
        }
    }

    boolean hasCollected() {
        return !collected.isEmpty();
    }

    /** Ends the batch being put together. */
    List<WatchEvent> takeCollected() {
        List<WatchEvent> batch = collected;
        collected = List.of();
        return batch;
    }
}
