package io.etcetera.mvcc.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A writing thread, the catch-up thread, and clients that come, read slowly, cancel and go, all at once. */
class WatchStressTest {
    private static final int MAX_WRITES = 200_000;
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 12;

    private final FakeHistory history = new FakeHistory();
    /** Clients that are not yet in their last round; while there are any, writing goes on. */
    private final CountDownLatch busyClients = new CountDownLatch(CLIENTS);

    private volatile boolean writing = true;

    @Test
    @Timeout(300)
    void everyClientGetsExactlyItsEvents() throws Exception {
        StoreWatchHub hub =
                new StoreWatchHub(history, WatchHubOptions.DEFAULT, task -> new Thread(task, "watch-catch-up"));
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> running = new ArrayList<>();
            running.add(threads.submit(() -> write(hub)));
            for (int i = 0; i < CLIENTS; i++) {
                long seed = i;
                running.add(threads.submit(() -> {
                    read(hub, seed);
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
            assertThat(hub.counts().watchers()).isZero();
            assertThat(hub.counts().slowWatchers()).isZero();
            assertThat(hub.counts().streams()).isZero();
            assertThat(hub.counts().pendingEvents()).isZero();
        } finally {
            threads.shutdownNow();
            hub.close();
        }
    }

    private void write(StoreWatchHub hub) {
        Random random = new Random(42);
        RandomWorkload workload = new RandomWorkload(random, history);
        for (int i = 0; i < MAX_WRITES && busyClients.getCount() > 0; i++) {
            List<Change> made = history.write(workload.changes());
            hub.written(history.currentRevision(), made);
            if (i % 1000 == 999) {
                history.compact(history.currentRevision() - 100);
            }
        }
        writing = false;
    }

    private void read(StoreWatchHub hub, long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Client client = new Client(hub, "client " + seed + " round " + round);
            boolean toTheEnd = round == ROUNDS - 1;
            if (toTheEnd) {
                busyClients.countDown();
            }
            client.run(random, toTheEnd ? Integer.MAX_VALUE : 300);
            client.stream.close();
        }
    }

    /** A stream with a queue of eight batches, and the thread that reads it. */
    private final class Client implements WatchSink {
        final String name;
        final WatchStream stream;
        final LinkedBlockingQueue<WatchBatch> queue = new LinkedBlockingQueue<>(8);
        final Map<Long, WatcherCheck> checks = new HashMap<>();
        final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
        volatile boolean refused;
        volatile boolean offeredAfterCancel;

        Client(StoreWatchHub hub, String name) {
            this.name = name;
            this.stream = hub.open(this);
        }

        @Override
        public boolean offer(WatchBatch batch) {
            offeredAfterCancel |= cancelled.contains(batch.watchId());
            boolean taken = queue.offer(batch);
            if (!taken) {
                refused = true;
            }
            return taken;
        }

        void run(Random random, int turns) throws Exception {
            RandomWorkload workload = new RandomWorkload(random, history);
            for (int i = 0; i < 10; i++) {
                watch(workload.request());
            }
            for (int turn = 0; turn < turns && !isComplete(); turn++) {
                readOne();
                if (random.nextInt(30) == 0) {
                    cancelOne();
                    watch(workload.request());
                }
            }
            assertThat(offeredAfterCancel).as(name).isFalse();
        }

        private void watch(WatchRequest request) throws Exception {
            if (request.startRevision() == 0) {
                return; // which revision "now" is cannot be told here; the simulation covers it
            }
            long id = stream.watch(request);
            checks.put(
                    id,
                    new WatcherCheck(
                            name + " watcher " + id + " " + request, history, request, request.startRevision()));
            stream.start(id);
        }

        private void cancelOne() {
            checks.keySet().stream().findFirst().ifPresent(id -> {
                stream.cancel(id);
                cancelled.add(id);
                checks.remove(id);
            });
        }

        private void readOne() throws InterruptedException {
            WatchBatch batch = queue.poll(1, TimeUnit.MILLISECONDS);
            if (batch != null) {
                WatcherCheck check = checks.get(batch.watchId());
                if (check != null) {
                    check.accept(batch, WatchHubOptions.DEFAULT.batchRevisions());
                } else {
                    assertThat(cancelled).as(name).contains(batch.watchId());
                }
            }
            if (refused && queue.isEmpty()) {
                refused = false;
                stream.resume();
            }
        }

        private boolean isComplete() {
            return !writing && queue.isEmpty() && checks.values().stream().allMatch(WatcherCheck::isComplete);
        }
    }
}
