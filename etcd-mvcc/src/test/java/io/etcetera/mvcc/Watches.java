package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Watchers of single keys on one stream, and what they have been given. */
final class Watches implements WatchSink {
    private final WatchStream stream;

    // Guarded by this.
    private final List<WatchBatch> taken = new ArrayList<>();

    Watches(WatchHub hub) {
        stream = hub.open(this);
    }

    @Override
    public synchronized boolean offer(WatchBatch batch) {
        taken.add(batch);
        notifyAll();
        return true;
    }

    long watch(String key, long startRevision) throws WatchException {
        long id = stream.watch(
                new WatchRequest(KeyRange.single(bytes(key)), startRevision, WatchStream.AUTO_ID, false, false, false));
        stream.start(id);
        return id;
    }

    private synchronized void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            wait();
        }
    }

    private synchronized List<WatchBatch> batches(long id) {
        return taken.stream().filter(batch -> batch.watchId() == id).toList();
    }

    /** Revisions of all events, in the order in which they came. */
    List<Long> revisions(long id) {
        return batches(id).stream()
                .flatMap(batch -> batch.events().stream())
                .map(WatchEvent::revision)
                .toList();
    }

    void awaitBatches(long id, int count) throws InterruptedException {
        await(() -> batches(id).size() >= count);
    }

    void awaitRevision(long id, long revision) throws InterruptedException {
        await(() -> revisions(id).contains(revision));
    }

    /** The compact revision that ends a watcher. */
    long awaitCompacted(long id) throws InterruptedException {
        await(() -> batches(id).stream().anyMatch(batch -> batch.compactRevision() != 0));
        return batches(id).get(batches(id).size() - 1).compactRevision();
    }
}
