package io.etcetera.server.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.cluster.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Faults in a cluster within this JVM; a short run in the build, a long one by {@link #main}. */
class FaultRunTest {
    private static final Path REPORTS = Path.of("target", "fault-runs");

    @TempDir
    private Path directory;

    @Test
    @Timeout(1200)
    void clientsNeverSeeWhatCannotBe() {
        Summary summary = run(directory, FaultRun.length(Duration.ofSeconds(45)));
        assertThat(summary.answered()).isPositive();
    }

    private static Summary run(Path directory, Duration length) {
        try (TestCluster cluster = TestCluster.of(3)
                .with(options -> options.snapshotCount(300).snapshotCatchUpEntries(100))
                .in(directory)
                .start()) {
            List<Fault> faults = new ArrayList<>(Faults.ofMembers());
            faults.addAll(Faults.ofNetwork(cluster));
            faults.addAll(Faults.ofOperation());
            faults.addAll(Faults.ofClocks());
            return new FaultRun(cluster, faults, FaultRun.seed(), REPORTS).run(length);
        }
    }

    /** A run outside of the build: of {@code -Dfaults.minutes}, below the directory that is given, or a temporary one. */
    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("fault-run");
        Summary unused = run(directory, FaultRun.length(Duration.ofMinutes(30)));
        System.exit(0);
    }
}
