package io.etcetera.server.testing.fault;

import io.etcetera.server.testing.cluster.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Breaks a cluster, one or two faults at a time, and mends it again. The choice is made by a seed. One thread. */
final class Nemesis {
    private static final int LONGEST_PAUSE_MILLIS = 1_500;
    private static final int LONGEST_FAULT_MILLIS = 4_000;

    private final Cluster cluster;
    private final List<Fault> faults;
    private final Random random;
    private final Consumer<String> diary;

    Nemesis(Cluster cluster, List<Fault> faults, long seed, Consumer<String> diary) {
        this.cluster = cluster;
        this.faults = List.copyOf(faults);
        this.random = new Random(seed);
        this.diary = diary;
    }

    /** Goes on for so long, and leaves the cluster whole. */
    void rage(Workload workload, Duration howLong) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < howLong.toNanos()) {
            pause(LONGEST_PAUSE_MILLIS);
            for (Fault fault : next()) {
                diary.accept(fault.name());
                fault.strike().strike(cluster, workload, random);
            }
            pause(LONGEST_FAULT_MILLIS);
            cluster.mend();
        }
        diary.accept("the end");
        cluster.mend();
        cluster.awaitServing();
    }

    private List<Fault> next() {
        Fault first = faults.get(random.nextInt(faults.size()));
        Fault second = faults.get(random.nextInt(faults.size()));
        if (first.alone()) {
            diary.accept("wait for all members");
            cluster.awaitServing();
            return List.of(first);
        }
        return second.alone() || random.nextBoolean() ? List.of(first) : List.of(first, second);
    }

    /** The only waits for nothing: that time passes is the point. */
    private void pause(int longestMillis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(longestMillis)));
    }
}
