package io.etcetera.mvcc.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random writes, compactions, restores, registrations, cancellations, refusals and catch-up passes, in one thread but in
 * every order: also between the moment when a write is readable and its report, and in the middle of a reading.
 */
class WatchSimulationTest {

    private static final int BATCH_REVISIONS = 7;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyWatcherGetsExactlyItsEvents(long seed) throws WatchException {
        Simulation simulation = new Simulation(seed);
        for (int step = 0; step < 3000; step++) {
            simulation.step();
        }
        simulation.finish();
    }

    /** One client stream: refuses at random, always when it has announced that it has no room. */
    private static final class Client implements WatchSink {
        final Map<Long, WatcherCheck> checks = new HashMap<>();
        final Random random;
        int refusalPercent = 20;
        boolean refused;
        WatchStream stream;

        Client(Random random, StoreWatchHub hub) {
            this.random = random;
            this.stream = hub.open(this);
        }

        @Override
        public boolean offer(WatchBatch batch) {
            assertThat(refused).as("offered to a stream that waits for room").isFalse();
            WatcherCheck check = checks.get(batch.watchId());
            if (check == null) {
                throw new AssertionError("batch for a watcher that is not there: " + batch.watchId());
            }
            if (random.nextInt(100) < refusalPercent) {
                refused = true;
                return false;
            }
            check.accept(batch, BATCH_REVISIONS);
            return true;
        }

        void resume() {
            refused = false;
            stream.resume();
        }
    }

    private static final class Simulation {
        final long seed;
        final Random random;
        final FakeHistory history = new FakeHistory();
        final StoreWatchHub hub;
        final RandomWorkload workload;
        final List<Client> clients = new ArrayList<>();
        boolean reporting;
        int watchers;

        Simulation(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.workload = new RandomWorkload(random, history);
            var options = new WatchHubOptions(Duration.ZERO, Duration.ZERO, BATCH_REVISIONS, 400, 5);
            this.hub = new StoreWatchHub(history, options);
        }

        void step() throws WatchException {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6 -> write();
                case 7, 8, 9, 10 -> catchUp();
                case 11 -> compact();
                case 12 -> restore();
                default -> clientStep();
            }
        }

        private void write() throws WatchException {
            if (reporting) {
                return;
            }
            List<Change> made = history.write(workload.changes());
            long revision = history.currentRevision();
            reporting = true;
            while (random.nextInt(3) == 0) {
                if (random.nextBoolean()) {
                    clientStep();
                } else {
                    catchUp();
                }
            }
            reporting = false;
            hub.written(revision, made);
        }

        private void catchUp() {
            if (history.duringNextScan == null && random.nextInt(3) == 0) {
                history.duringNextScan = this::disturb;
            }
            hub.catchUpOnce();
        }

        private void disturb() {
            try {
                switch (random.nextInt(6)) {
                    case 0 -> compact();
                    case 1 -> restore();
                    case 2 -> clientStep();
                    default -> write();
                }
            } catch (WatchException e) {
                throw new AssertionError(e);
            }
        }

        private void compact() {
            long lowest = Math.max(1, history.compactRevision());
            long current = history.currentRevision();
            if (current > lowest && random.nextInt(4) == 0) {
                history.compact(lowest + 1 + random.nextLong(current - lowest));
            }
        }

        private void restore() {
            if (reporting || random.nextInt(4) != 0) {
                return;
            }
            int missed = random.nextInt(15);
            for (int i = 0; i < missed; i++) {
                history.write(workload.changes());
            }
            hub.restored();
        }

        private void clientStep() throws WatchException {
            if (clients.size() < 8 && random.nextInt(4) == 0) {
                clients.add(new Client(random, hub));
            }
            if (clients.isEmpty()) {
                return;
            }
            Client client = clients.get(random.nextInt(clients.size()));
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> watch(client);
                case 3 -> cancel(client);
                case 4 -> {
                    if (random.nextInt(10) == 0) {
                        client.stream.close();
                        clients.remove(client);
                    }
                }
                case 5 -> {
                    long progress = client.stream.progressRevision();
                    assertThat(progress).isLessThanOrEqualTo(history.currentRevision());
                }
                default -> client.resume();
            }
        }

        private void watch(Client client) throws WatchException {
            if (client.checks.size() > 12) {
                cancel(client);
            }
            WatchRequest request = workload.request();
            long id = client.stream.watch(request);
            long first = request.startRevision() == 0 ? history.currentRevision() + 1 : request.startRevision();
            String name = "seed " + seed + " watcher " + watchers++ + " " + request;
            client.checks.put(id, new WatcherCheck(name, history, request, first));
            client.stream.start(id);
        }

        private void cancel(Client client) {
            client.checks.keySet().stream().findFirst().ifPresent(id -> {
                client.checks.remove(id);
                assertThat(client.stream.cancel(id)).isTrue();
            });
        }

        void finish() {
            for (Client client : clients) {
                client.refusalPercent = 0;
                client.resume();
            }
            history.duringNextScan = null;
            int passes = 0;
            while (hub.counts().slowWatchers() > 0) {
                hub.catchUpOnce();
                assertThat(passes++).as("seed %d: passes", seed).isLessThan(100_000);
            }
            assertThat(hub.counts().pendingEvents()).isZero();
            assertThat(watchers).isGreaterThan(50);
            long alive = 0;
            for (Client client : clients) {
                for (WatcherCheck check : client.checks.values()) {
                    assertThat(check.isComplete())
                            .as("seed %d: nothing missing", seed)
                            .isTrue();
                    alive += check.hasEnded() ? 0 : 1;
                }
            }
            assertThat(hub.counts().watchers()).isEqualTo(alive);
            clients.forEach(client -> client.stream.close());
            assertThat(hub.counts().watchers()).isZero();
            assertThat(hub.counts().slowWatchers()).isZero();
            assertThat(hub.counts().streams()).isZero();
        }
    }
}
