package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.history.History;
import io.etcetera.server.testing.history.HistoryRecorder;
import io.etcetera.server.testing.history.LinearizabilityChecker;
import io.etcetera.server.testing.history.Operation;
import io.etcetera.server.testing.history.Response;
import io.etcetera.server.testing.history.RevisionOrderChecker;
import io.etcetera.server.testing.history.WatchChecker;
import io.etcetera.server.testing.history.WatchLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Clients and watchers that use keys of their own in a cluster, and what they were told. One thread owns it. */
public final class Workload implements AutoCloseable {
    private static final int KEYS = 5;
    private static final int WORKERS = 6;
    private static final int WATCHERS = 3;
    private static final Duration LAST_CALL_LIMIT = Duration.ofSeconds(10);
    private static final Duration CHECK_LIMIT = Duration.ofMinutes(2);

    private final Cluster cluster;
    private final List<String> keys;
    private final HistoryRecorder recorder = new HistoryRecorder(System::nanoTime);
    private final KvCalls calls = new KvCalls(recorder);
    private final List<FollowingWatcher> watchers = new ArrayList<>();
    private final List<Thread> workerThreads = new ArrayList<>();
    private final List<Thread> watcherThreads = new ArrayList<>();

    /** Starts at once. The prefix must be one that nobody has used in this cluster. */
    public Workload(Cluster cluster, String prefix, long seed) {
        this.cluster = cluster;
        this.keys = IntStream.range(0, KEYS).mapToObj(i -> prefix + i).toList();
        Random seeds = new Random(seed);
        long firstRevision = cluster.awaitAgreement() + 1;
        for (int i = 0; i < WATCHERS; i++) {
            FollowingWatcher watcher = new FollowingWatcher("w" + i, cluster, prefix, firstRevision, seeds.nextLong());
            watchers.add(watcher);
            watcherThreads.add(start("watcher-" + i, watcher));
        }
        for (int i = 0; i < WORKERS; i++) {
            workerThreads.add(start("worker-" + i, new KvWorker(i, cluster, keys, calls, seeds.nextLong())));
        }
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.start();
        return thread;
    }

    /** The lowest revision that some watcher has not seen; a compaction there harms none. */
    public long lowestAwaitedRevision() {
        return watchers.stream()
                .mapToLong(watcher -> watcher.log().nextRevision())
                .min()
                .orElseThrow();
    }

    /** What has been asked and answered until now. */
    public History history() {
        return recorder.history();
    }

    /**
     * Ends the clients; reads each key once more from each running member; waits until all watchers have come to the end; and
     * checks it all. To be called when the cluster is whole.
     *
     * @throws AssertionError if a client was told what cannot be
     */
    public Summary finish() {
        stop(workerThreads);
        long last = lastWrite();
        for (Node node : cluster.running()) {
            keys.forEach(key -> insist(node, () -> new Operation.Get(key)));
        }
        for (FollowingWatcher watcher : watchers) {
            Await.until(
                    "the watchers to see revision " + last,
                    Cluster.PATIENCE,
                    () -> watcher.refusal() != null || watcher.log().nextRevision() > last);
            if (watcher.refusal() != null) {
                throw new AssertionError("a watch at " + watcher.refusal());
            }
        }
        stop(watcherThreads);
        check(last);
        return Summary.of(history());
    }

    private long lastWrite() {
        AtomicInteger attempts = new AtomicInteger();
        return insist(
                        cluster.running().get(0),
                        () -> new Operation.Put(keys.get(0), "last." + attempts.incrementAndGet()))
                .revision();
    }

    private Response insist(Node node, Supplier<Operation> attempts) {
        return Await.value(
                "an answer of " + node.name(),
                Cluster.PATIENCE,
                () -> calls.call(WORKERS, attempts.get(), node.client().kv(LAST_CALL_LIMIT)));
    }

    private void check(long last) {
        History history = history();
        new LinearizabilityChecker(System::nanoTime, CHECK_LIMIT).check(history).orThrow();
        RevisionOrderChecker.check(history).orThrow();
        List<WatchLog> logs = watchers.stream().map(FollowingWatcher::log).toList();
        new WatchChecker(history).check(logs, last).orThrow();
    }

    private static void stop(List<Thread> threads) {
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while clients were ending", e);
        }
    }

    @Override
    public void close() {
        stop(workerThreads);
        stop(watcherThreads);
    }
}
