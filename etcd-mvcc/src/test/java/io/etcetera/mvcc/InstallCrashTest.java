package io.etcetera.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.StoreImage;
import io.etcetera.mvcc.backend.store.CrashRecorder;
import io.etcetera.mvcc.backend.store.CrashRecorder.Image;
import io.etcetera.mvcc.backend.store.LmdbStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A crash at every step by which another member's store takes the place of the own one: what is opened afterwards holds
 * exactly what the log had led to before the installation, or what it had led the other member to, and the log goes on
 * from either.
 */
@Timeout(300)
class InstallCrashTest {
    private static final BackendOptions OPTIONS =
            BackendOptions.DEFAULT.withFsync(false).withMapSizeBytes(64 << 20).withBatch(Duration.ofMillis(2), 20);

    private static final int BEHIND = 60;
    private static final int COPIED = 250;
    private static final int END = 300;

    private final Path directory;

    InstallCrashTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theOldOrTheNewIsThereAndNothingElse(long seed) throws Exception {
        Workload workload = new Workload(new Random(seed), END);
        List<Image> crashes = install(workload, new Random(seed));
        int installed = 0;
        for (Image crash : crashes) {
            installed += recover(workload, crash) == COPIED ? 1 : 0;
        }
        assertThat(crashes.stream().map(Image::step).filter(step -> step.contains("INCOMING")))
                .hasSize(3);
        // From the renaming on it is the new one.
        assertThat(installed).isGreaterThanOrEqualTo(2).isLessThan(crashes.size());
    }

    private List<Image> install(Workload workload, Random random) throws Exception {
        Path home = Files.createDirectory(directory.resolve("follower"));
        Path file = home.resolve("store.mdb");
        CrashRecorder recorder =
                new CrashRecorder(file, new Image(home, "", 0, 0), directory.resolve("crashes"), random, () -> true);
        ReplaceableBackend follower = recorder.open(OPTIONS);
        try (StoreFixture kv = new StoreFixture(follower, StoreFixture.QUICK)) {
            apply(workload, BEHIND, kv);
            kv.store.compactionsDone().toCompletableFuture().join();
            fetch(workload, follower.incomingFile());
            kv.leases.clear();
            kv.store.install(kv.store.prepare(follower.openIncoming(), kv.leases));
            apply(workload, END, kv);
        }
        return recorder.images();
    }

    private void fetch(Workload workload, Path to) throws IOException {
        Path home = Files.createDirectory(directory.resolve("leader"));
        ReplaceableBackend leader = LmdbStore.open(home.resolve("store.mdb"), OPTIONS);
        try (StoreFixture kv = new StoreFixture(leader, StoreFixture.QUICK)) {
            apply(workload, COPIED, kv);
            try (StoreImage image = leader.image().toCompletableFuture().join()) {
                Images.copy(image, to);
            }
        }
    }

    private static long recover(Workload workload, Image crash) throws Exception {
        try (StoreFixture kv =
                new StoreFixture(LmdbStore.open(crash.directory().resolve("store.mdb"), OPTIONS), StoreFixture.QUICK)) {
            long index = kv.backend.consistentIndex();
            assertThat(index).as(crash.step()).isGreaterThanOrEqualTo(crash.durable());
            if (crash.step().contains("INCOMING")) {
                assertThat(index).as(crash.step()).isIn((long) BEHIND, (long) COPIED);
            }
            new StoreCheck(kv, workload.modelAt(index)).contentIsThatOfTheModel();
            apply(workload, END, kv);
            kv.store.compactionsDone().toCompletableFuture().join();
            new StoreCheck(kv, workload.modelAt(END)).recordsAreThoseOfTheModel();
            return index;
        }
    }

    private static void apply(Workload workload, long to, StoreFixture kv) {
        while (kv.backend.consistentIndex() < to) {
            Workload.apply(workload.entry(kv.backend.consistentIndex() + 1), kv.backend, kv.store);
        }
    }
}
