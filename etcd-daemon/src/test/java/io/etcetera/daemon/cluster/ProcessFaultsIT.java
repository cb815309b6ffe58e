package io.etcetera.daemon.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ProcessCluster;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.server.testing.fault.FaultRun;
import io.etcetera.server.testing.fault.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Faults in a cluster of processes; a short run in the build, a long one, also of stock etcd, by {@link #main}. */
class ProcessFaultsIT {
    private static final Path REPORTS = Path.of("target", "fault-runs");

    /** With the members' logs, which tell why a run has failed. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path directory;

    @Test
    @Timeout(1200)
    void clientsNeverSeeWhatCannotBe() {
        Summary summary = run(Tools.ourEtcd(), directory, FaultRun.length(Duration.ofSeconds(30)));
        assertThat(summary.answered()).isPositive();
    }

    private static Summary run(Path program, Path directory, Duration length) {
        try (ProcessCluster cluster = ProcessCluster.start(program, 3, directory)) {
            return new FaultRun(cluster, ProcessFaults.of(cluster), FaultRun.seed(), REPORTS).run(length);
        }
    }

    /** A run outside of the build: of {@code -Dfaults.minutes}, with the program that is given. */
    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length > 1 ? Path.of(arguments[1]) : Files.createTempDirectory("fault-run");
        Summary unused = run(Path.of(arguments[0]), directory, FaultRun.length(Duration.ofMinutes(30)));
        System.exit(0);
    }
}
