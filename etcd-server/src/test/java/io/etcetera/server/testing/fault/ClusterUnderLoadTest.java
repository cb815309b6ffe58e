package io.etcetera.server.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.cluster.TestCluster;
import io.etcetera.server.testing.history.History;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators do, and what befalls them, while clients are at work. Times are only written down: machines differ. */
@Timeout(1200)
class ClusterUnderLoadTest {
    private static final long SEED = 7;

    @TempDir
    private Path directory;

    @Test
    void aClusterGrowsFromOneToFiveHasEachMemberReplacedAndShrinksAgain() {
        try (TestCluster cluster = TestCluster.of(1).in(directory).start();
                Workload workload = new Workload(cluster, "grow/", SEED)) {
            while (cluster.nodes().size() < 5) {
                Node unused = cluster.grow();
                cluster.awaitServing();
            }
            for (Node old : cluster.nodes()) {
                cluster.shrink(old);
                Node unused = cluster.grow();
                cluster.awaitServing();
            }
            while (cluster.nodes().size() > 1) {
                cluster.shrink(cluster.awaitLeader());
                cluster.awaitServing();
            }
            assertThat(workload.finish().answered()).isPositive();
        }
    }

    @Test
    void aRollingRestartLosesNothing() {
        try (TestCluster cluster = TestCluster.of(3).in(directory).start()) {
            History history = RollingRestart.of(cluster, SEED);
            Latencies reads = Latencies.ofReads(history);
            System.out.println("rolling restart: reads " + reads + "; writes " + Latencies.ofWrites(history));
            assertThat(reads.answered()).isPositive();
        }
    }

    @Test
    void anotherLeaderTakesOverAfterEachKill() {
        try (TestCluster cluster = TestCluster.of(3).in(directory).start()) {
            List<Duration> times = LeaderKills.times(cluster, 3);
            System.out.println("recovery after a leader's death: " + times + ", in election timeouts "
                    + LeaderKills.medianInElectionTimeouts(cluster, times));
            assertThat(times).hasSize(3);
        }
    }
}
