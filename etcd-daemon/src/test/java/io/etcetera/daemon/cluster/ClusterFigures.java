package io.etcetera.daemon.cluster;

import io.etcetera.daemon.testing.ProcessCluster;
import io.etcetera.server.testing.fault.FaultRun;
import io.etcetera.server.testing.fault.Latencies;
import io.etcetera.server.testing.fault.LeaderKills;
import io.etcetera.server.testing.fault.RollingRestart;
import io.etcetera.server.testing.history.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How fast a cluster of processes recovers; for a quiet machine, and for comparing programs. */
public final class ClusterFigures {
    private static final int KILLS = 15;
    private static final int RESTARTS = 3;

    private ClusterFigures() {}

    /** Takes the program to be measured, and perhaps a directory. */
    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length > 1 ? Path.of(arguments[1]) : Files.createTempDirectory("cluster-figures");
        try (ProcessCluster cluster = ProcessCluster.start(Path.of(arguments[0]), 3, directory)) {
            List<Duration> times = LeaderKills.times(cluster, KILLS);
            System.out.println("until a write succeeds after kill -9 of the leader: " + times);
            System.out.println("median, in election timeouts: " + LeaderKills.medianInElectionTimeouts(cluster, times));
            for (int i = 0; i < RESTARTS; i++) {
                History history = RollingRestart.of(cluster, FaultRun.seed() + i);
                System.out.println("rolling restart, reads: " + Latencies.ofReads(history));
                System.out.println("rolling restart, writes: " + Latencies.ofWrites(history));
            }
        }
        System.exit(0);
    }
}
