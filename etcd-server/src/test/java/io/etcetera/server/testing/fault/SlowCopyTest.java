package io.etcetera.server.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.RawHttp;
import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.cluster.TestCluster;
import io.etcetera.server.testing.cluster.TestMember;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member gets a copy of the store over a link that is slow for as long as it takes the others to cut their logs many times. */
@Timeout(600)
class SlowCopyTest {
    private static final int ENTRIES_BETWEEN_CUTS = 50;
    private static final int ENTRIES_KEPT = 20;

    /** As many parts as values, and more; each of them is late. */
    private static final int VALUES = 100;

    private static final int VALUE_BYTES = 256 << 10;
    private static final Duration LATE = Duration.ofMillis(50);

    /** Long: another leader would have another copy to give. */
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(10);

    private static final Pattern RECEIVED =
            Pattern.compile("^etcd_network_snapshot_receive_success\\{[^}]*} (\\S+)$", Pattern.MULTILINE);

    @TempDir
    private Path directory;

    @Test
    void oneIsEnoughHoweverMuchIsWrittenMeanwhile() {
        try (TestCluster cluster = TestCluster.of(3)
                .with(options -> options.snapshotCount(ENTRIES_BETWEEN_CUTS)
                        .snapshotCatchUpEntries(ENTRIES_KEPT)
                        .electionTimeout(ELECTION_TIMEOUT))
                .in(directory)
                .start()) {
            Node leader = cluster.awaitLeader();
            Node away = cluster.others(leader).get(0);
            away.kill();
            for (int i = 0; i < VALUES; i++) {
                long unused = leader.client().put("large/" + i, "v".repeat(VALUE_BYTES));
            }
            cluster.network().delay(leader, away, LATE);
            long before = revision(leader);
            try (Writer writer = new Writer(leader)) {
                away.start();
                Await.until("a copy", Cluster.PATIENCE, () -> copies(away) > 0);
                long after = revision(leader);
                assertThat(after - before)
                        .as("entries written while the copy was on its way")
                        .isGreaterThan(4 * (ENTRIES_BETWEEN_CUTS + ENTRIES_KEPT));
                Await.until(away + " to have them", Cluster.PATIENCE, () -> revision(away) >= after);
                assertThat(writer.runs()).isTrue();
            }
            cluster.mend();
            assertThat(cluster.awaitAgreement()).isGreaterThan(before);
            assertThat(cluster.awaitLeader()).isEqualTo(leader);
            assertThat(copies(away)).isEqualTo(1);
            assertThat(((TestMember) away).failure()).isEmpty();
        }
    }

    private static long revision(Node node) {
        return node.client()
                .status()
                .map(status -> status.getHeader().getRevision())
                .orElse(0L);
    }

    /** How many a member has been given since it was started. */
    private static double copies(Node node) {
        try {
            String metrics =
                    RawHttp.ask("http://" + node.endpoint(), "GET", "/metrics").text();
            return RECEIVED.matcher(metrics)
                    .results()
                    .map((MatchResult line) -> line.group(1))
                    .mapToDouble(Double::parseDouble)
                    .sum();
        } catch (IOException e) {
            return 0; // does not serve yet
        }
    }

    /** Writes small values, one after the other, until it is closed. */
    private static final class Writer implements AutoCloseable {
        private final AtomicBoolean closed = new AtomicBoolean();
        private final CompletableFuture<Void> end;

        Writer(Node node) {
            end = CompletableFuture.runAsync(() -> write(node), task -> new Thread(task, "writer").start());
        }

        private void write(Node node) {
            while (!closed.get()) {
                long unused = node.client().put("small", "value");
            }
        }

        boolean runs() {
            return !end.isDone();
        }

        @Override
        public void close() {
            closed.set(true);
            Void unused = end.join();
        }
    }
}
