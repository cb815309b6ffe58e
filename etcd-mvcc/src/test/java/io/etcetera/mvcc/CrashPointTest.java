package io.etcetera.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.store.CrashRecorder;
import io.etcetera.mvcc.backend.store.CrashRecorder.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store against its model, with a crash at every step by which its files change: around and inside each commit,
 * with the other buffer empty or filling, between the batches of a compaction and around its marks, around the renaming
 * at the end of a defragmentation, and while a new file is made. What the crash leaves is opened again: it must hold all that had been reported durable, exactly the
 * model's content at its consistent index, and end a compaction that was under way; then the rest of the log is applied
 * and must lead to where the store would be without a crash.
 *
 * <p>{@code -Detcetera.crash.minutes=15} goes on with new seeds for so long, beginning with {@code -Detcetera.seed}.
 */
class CrashPointTest {
    private static final Logger log = LoggerFactory.getLogger(CrashPointTest.class);
    private static final int ENTRIES = 200;

    /**
     * A workload, and how many steps in a hundred to crash at: in its first life, in the recovery from such a crash, in
     * the recovery from a crash in that, and so on to the first zero.
     */
    private record Plan(Workload workload, List<Integer> crashes) {
        static Plan random(long seed, Integer... crashes) {
            Random random = new Random(seed);
            return new Plan(new Workload(random, ENTRIES), List.of(crashes));
        }
    }

    private final Path directory;
    private int lives;

    CrashPointTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @Timeout(600)
    @ValueSource(longs = {1, 2, 3})
    void everyStepMayBeTheLast(long seed) throws IOException {
        liveFromTheStart(Plan.random(seed, 100, 0), seed, true);
        log.info("seed {}: {} lives", seed, lives);
        assertThat(lives).isGreaterThan(ENTRIES / 2);
    }

    @ParameterizedTest
    @Timeout(600)
    @ValueSource(longs = {11, 12})
    void aRecoveryMayCrashToo(long seed) throws IOException {
        liveFromTheStart(Plan.random(seed, 10, 5, 0), seed, seed % 2 == 0);
        log.info("seed {}: {} lives", seed, lives);
        assertThat(lives).isGreaterThan(10);
    }

    @Test
    @EnabledIfSystemProperty(named = "etcetera.crash.minutes", matches = "[0-9]+")
    void aLongRun() throws IOException {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(Long.getLong("etcetera.crash.minutes", 0));
        long first = Long.getLong("etcetera.seed", 1_000);
        long seed = first;
        for (; System.nanoTime() < end; seed++) {
            liveFromTheStart(Plan.random(seed, 100, 1, 5, 0), seed, seed % 2 == 0);
            log.info("seed {} done, {} lives so far", seed, lives);
        }
        assertThat(seed).isGreaterThan(first);
    }

    private void liveFromTheStart(Plan plan, long seed, boolean paced) throws IOException {
        Path home = Files.createDirectory(directory.resolve("life" + lives));
        String context = "seed " + seed;
        live(plan, 0, new Image(home, context, 0, 0), new Random(seed), paced, context);
    }

    /** One life on what a crash has left, and then the lives on what crashes in it have left. */
    private void live(Plan plan, int depth, Image origin, Random random, boolean paced, String past)
            throws IOException {
        String context = past + (paced ? ", paced" : ", free");
        Random choices = new Random(random.nextLong());
        int crashes = plan.crashes.get(depth);
        Path file = origin.directory().resolve("store.mdb");
        CrashRecorder recorder = new CrashRecorder(
                file, origin, directory.resolve("images" + lives++), choices, () -> choices.nextInt(100) < crashes);
        try {
            live(plan.workload, file, origin, recorder, random, paced);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(context + ": " + e, e);
        }
        for (Image image : recorder.images()) {
            String next = context + ", crash at step " + image.step();
            live(plan, depth + 1, image, random, random.nextBoolean(), next);
        }
        delete(origin.directory());
    }

    private static void live(
            Workload workload, Path file, Image origin, CrashRecorder recorder, Random random, boolean paced)
            throws Exception {
        StoreModel end = workload.modelAt(workload.size());
        try (StoreLife life = new StoreLife(recorder, workload, random, paced)) {
            StoreFixture kv = life.kv();
            long index = kv.backend.consistentIndex();
            assertThat(index).isBetween(origin.durable(), origin.applied());
            assertThat(kv.backend.consistentTerm())
                    .isEqualTo(index == 0 ? 0 : workload.entry(index).term());
            StoreCheck asLeft = new StoreCheck(kv, workload.modelAt(index));
            asLeft.contentIsThatOfTheModel();
            if (random.nextBoolean()) {
                life.finishCompactions();
                asLeft.recordsAreThoseOfTheModel();
            }
            life.goOn();
            life.finishCompactions();
            StoreCheck atTheEnd = new StoreCheck(kv, end);
            atTheEnd.contentIsThatOfTheModel();
            atTheEnd.recordsAreThoseOfTheModel();
        }
        try (StoreFixture kv = new StoreFixture(file)) {
            assertThat(kv.backend.consistentIndex()).isEqualTo(workload.size());
            new StoreCheck(kv, end).recordsAreThoseOfTheModel();
        }
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
