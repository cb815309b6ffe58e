package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.history.HistoryRecorder;
import io.etcetera.server.testing.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Kills leader after leader, and takes the time until the others take a write again. */
public final class LeaderKills {
    private static final Duration LIMIT = Duration.ofMillis(100);

    private final Cluster cluster;
    private final KvCalls calls = new KvCalls(new HistoryRecorder(System::nanoTime));
    private final AtomicInteger writes = new AtomicInteger();

    private LeaderKills(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Times of so many kills, the shortest first. The cluster is whole at the beginning of each, and at the end. */
    public static List<Duration> times(Cluster cluster, int kills) {
        LeaderKills run = new LeaderKills(cluster);
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < kills; i++) {
            times.add(run.once());
        }
        Collections.sort(times);
        return times;
    }

    /** The middle one of sorted times, in election timeouts. */
    public static double medianInElectionTimeouts(Cluster cluster, List<Duration> times) {
        return (double) times.get(times.size() / 2).toNanos()
                / cluster.electionTimeout().toNanos();
    }

    private Duration once() {
        cluster.awaitServing();
        Node leader = cluster.awaitLeader();
        List<Node> others = cluster.others(leader);
        others.forEach(this::write);
        Thread killer = new Thread(leader::kill, "killer");
        long begin = System.nanoTime();
        killer.start();
        long acknowledged = Await.value(
                "a write without " + leader,
                Cluster.PATIENCE,
                () -> others.stream().flatMap(node -> write(node).stream()).findFirst());
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        try {
            killer.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while killing " + leader, e);
        }
        leader.start();
        cluster.awaitServing();
        if (cluster.awaitAgreement() < acknowledged) {
            throw new AssertionError("a write at revision " + acknowledged + " is lost");
        }
        return taken;
    }

    private Optional<Long> write(Node node) {
        Operation put = new Operation.Put("kills", "write " + writes.incrementAndGet());
        return calls.call(0, put, node.client().kv(LIMIT)).map(response -> response.revision());
    }
}
