package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing acknowledged is lost: the daemon is killed with -9 again and again while clients write, the end of its log is
 * torn between lives as a crash of the machine would, and after each restart every acknowledged write is found.
 */
class CrashRecoveryIT {
    private static final int LIVES = Integer.getInteger("etcetera.crash.lives", 50);
    private static final int WRITERS = 4;

    @Test
    void everyAcknowledgedWriteSurvives(@TempDir Path directory) throws Exception {
        long seed = Long.getLong("etcetera.seed", 1);
        Random random = new Random(seed);
        AcknowledgedWrites writes = new AcknowledgedWrites();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        // Small numbers make log cuts and commits of the store happen within each short life.
        try (ServerProcess server = ServerProcess.start(
                Tools.ourEtcd(),
                directory,
                "--snapshot-count=500",
                "--snapshot-catchup-entries=100",
                "--backend-batch-interval=20ms")) {
            for (int life = 1; life <= LIVES; life++) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    running.add(writers.submit(() -> writes.writeUntilItFails(server)));
                }
                Thread.sleep(random.nextInt(400));
                server.kill();
                for (Future<?> writer : running) {
                    writer.get();
                }
                if (random.nextBoolean()) {
                    WalFiles.tearTail(server.dataDir().resolve("member/wal"), random);
                }
                server.restart();
                try {
                    writes.assertAllPresent(server);
                } catch (AssertionError e) {
                    throw new AssertionError("life " + life + ", seed " + seed + "\n" + server.log(), e);
                }
            }
        } finally {
            writers.shutdownNow();
        }
        assertThat(writes.size()).as("acknowledged writes in all").isGreaterThan(LIVES * 10);
    }
}
