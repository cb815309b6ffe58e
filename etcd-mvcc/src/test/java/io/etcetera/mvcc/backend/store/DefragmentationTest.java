package io.etcetera.mvcc.backend.store;

import static io.etcetera.mvcc.backend.store.BackendCalls.bytes;
import static io.etcetera.mvcc.backend.store.BackendCalls.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.RecordReader;
import io.etcetera.mvcc.backend.copy.CopyOptions;
import io.etcetera.mvcc.backend.env.DurableSteps;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class DefragmentationTest {
    private static final BackendOptions OPTIONS =
            BackendOptions.DEFAULT.withBatch(Duration.ofMillis(5), 500).withFsync(false);

    /** Small steps, so that many of them meet commits. */
    private static final CopyOptions SMALL_STEPS = new CopyOptions(16 << 10, 0);

    private final Path directory;

    DefragmentationTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path file() {
        return directory.resolve("store.mdb");
    }

    private Backend open(CopyOptions defragmentation) {
        return LmdbStore.open(file(), OPTIONS, DurableSteps.UNOBSERVED, defragmentation);
    }

    private static void defragment(Backend backend) {
        backend.defragment().toCompletableFuture().join();
    }

    /** Puts {@code count} revisions of {@code size} bytes, beginning with {@code first}. */
    private static void fill(Backend backend, int first, int count, int size) {
        for (int i = 0; i < count; i++) {
            backend.beginEntry();
            byte[] value = new byte[size];
            Arrays.fill(value, (byte) (first + i));
            backend.put(Bucket.KEY, RevisionKey.of(first + i, 0), value);
            backend.endEntry(first + i, 1);
        }
        commit(backend);
    }

    /** Deletes all but each tenth of them. */
    private static void thin(Backend backend, int first, int count) {
        backend.beginEntry();
        for (int i = 0; i < count; i++) {
            if (i % 10 != 0) {
                backend.delete(Bucket.KEY, RevisionKey.of(first + i, 0));
            }
        }
        backend.endEntry();
        commit(backend);
    }

    private static Map<String, String> content(Backend backend) {
        Map<String, String> all = new TreeMap<>();
        for (Bucket bucket : Bucket.values()) {
            backend.forEach(
                    bucket,
                    (key, value) ->
                            all.put(bucket + " " + Arrays.toString(key), Integer.toString(Arrays.hashCode(value))));
        }
        return all;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** How many files this process has mapped that have no name any more; Linux only. */
    private long unlinkedMaps() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains(directory.toString()) && line.endsWith("(deleted)"))
                    .count();
        }
    }

    @Test
    void theFileShrinksAndHoldsTheSame() throws IOException {
        Map<String, String> before;
        try (Backend backend = open(SMALL_STEPS)) {
            fill(backend, 2, 4_000, 1_000);
            backend.beginEntry();
            for (int i = 0; i < 300; i++) {
                backend.put(Bucket.LEASE, bytes("lease" + i), bytes("v" + i));
            }
            backend.put(Bucket.AUTH_USERS, bytes("u".repeat(600)), bytes("long key"));
            backend.put(Bucket.KEY, RevisionKey.of(5_000, 3), new byte[50_000]);
            backend.endEntry(5_000, 2);
            thin(backend, 2, 4_000);
            before = content(backend);
            long size = backend.sizeBytes();
            assertThat(size).isGreaterThan(4_000_000);

            defragment(backend);

            assertThat(content(backend)).isEqualTo(before);
            assertThat(backend.sizeBytes()).isLessThan(size / 5).isEqualTo(Files.size(file()));
            assertThat(backend.sizeInUseBytes()).isPositive().isLessThanOrEqualTo(backend.sizeBytes());
            assertThat(backend.consistentIndex()).isEqualTo(5_000);
            fill(backend, 5_001, 10, 10);
            before = content(backend);
        }
        assertThat(files()).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
        assertThat(unlinkedMaps()).isZero();
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            assertThat(content(backend)).isEqualTo(before);
            assertThat(backend.consistentIndex()).isEqualTo(5_010);
            assertThat(backend.consistentTerm()).isEqualTo(1);
        }
    }

    @Test
    void anEmptyStoreCanBeDefragmentedAgainAndAgain() throws IOException {
        try (Backend backend = open(SMALL_STEPS)) {
            for (int round = 1; round <= 5; round++) {
                defragment(backend);
                fill(backend, round + 1, 1, 10);
            }
            assertThat(content(backend).keySet())
                    .filteredOn(key -> key.startsWith("KEY"))
                    .hasSize(5);
        }
        assertThat(files()).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
    }

    /**
     * Random writes to all parts of the store while it is defragmented several times, against a map that gets the same;
     * revisions come in order and out of it, and are deleted near the copy's position and far from it.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void writesGoOnMeanwhile(long seed) {
        Random random = new Random(seed);
        Map<String, byte[]> model = new TreeMap<>();
        long index = 0;
        try (Backend backend = open(SMALL_STEPS)) {
            long main = 2;
            for (int round = 0; round < 4; round++) {
                CompletableFuture<Void> done = backend.defragment().toCompletableFuture();
                for (int after = 0, i = 0; after < 200 && i < 3_000; i++) {
                    backend.beginEntry();
                    for (int writes = random.nextInt(4); writes >= 0; writes--) {
                        main = write(backend, model, random, main);
                    }
                    backend.endEntry(++index, 1 + round);
                    after += done.isDone() ? 1 : 0;
                    if (index % 100 == 0) {
                        commit(backend);
                    }
                }
                done.join();
            }
            checkAgainst(model, backend);
        }
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            checkAgainst(model, backend);
            assertThat(backend.consistentIndex()).isEqualTo(index);
            assertThat(backend.consistentTerm()).isEqualTo(4);
        }
    }

    private static long write(Backend backend, Map<String, byte[]> model, Random random, long main) {
        switch (random.nextInt(10)) {
            case 0 -> {
                byte[] key = bytes("lease" + random.nextInt(500));
                byte[] value = new byte[random.nextInt(100)];
                backend.put(Bucket.LEASE, key, value);
                model.put(Bucket.LEASE + Arrays.toString(key), value);
            }
            case 1 -> {
                byte[] key = bytes("lease" + random.nextInt(500));
                backend.delete(Bucket.LEASE, key);
                model.remove(Bucket.LEASE + Arrays.toString(key));
            }
            case 2, 3, 4 -> {
                byte[] key = RevisionKey.of(2 + random.nextLong(main), 0);
                backend.delete(Bucket.KEY, key);
                model.remove(Bucket.KEY + Arrays.toString(key));
            }
            case 5 -> {
                byte[] key = RevisionKey.of(2 + random.nextLong(main), 1);
                byte[] value = new byte[random.nextInt(6_000)];
                backend.put(Bucket.KEY, key, value);
                model.put(Bucket.KEY + Arrays.toString(key), value);
            }
            default -> {
                byte[] key = RevisionKey.of(main, 0);
                byte[] value = new byte[random.nextInt(300)];
                random.nextBytes(value);
                backend.put(Bucket.KEY, key, value);
                model.put(Bucket.KEY + Arrays.toString(key), value);
                return main + 1;
            }
        }
        return main;
    }

    private static void checkAgainst(Map<String, byte[]> model, Backend backend) {
        Map<String, byte[]> stored = new TreeMap<>();
        for (Bucket bucket : List.of(Bucket.KEY, Bucket.LEASE)) {
            backend.forEach(bucket, (key, value) -> stored.put(bucket + Arrays.toString(key), value));
        }
        assertThat(stored.keySet()).isEqualTo(model.keySet());
        stored.forEach((key, value) -> assertThat(value).as(key).isEqualTo(model.get(key)));
    }

    /** Readers find every record that is there all the time, whichever file they read. */
    @Test
    void readsGoOnMeanwhile() {
        int records = 2_000;
        try (Backend backend = open(SMALL_STEPS)) {
            fill(backend, 2, records, 200);
            CountDownLatch stop = new CountDownLatch(1);
            List<CompletableFuture<Void>> readers = Stream.generate(
                            () -> CompletableFuture.runAsync(() -> readUntil(stop, backend, records)))
                    .limit(3)
                    .toList();
            for (int i = 0; i < 10; i++) {
                defragment(backend);
            }
            stop.countDown();
            readers.forEach(CompletableFuture::join);
        }
    }

    private static void readUntil(CountDownLatch stop, Backend backend, int records) {
        Random random = new Random(7);
        while (stop.getCount() > 0) {
            int main = 2 + random.nextInt(records);
            try (RecordReader reader = backend.reader()) {
                assertThat(reader.get(main, 0)).hasSize(200).contains((byte) main);
            }
            int[] seen = {0};
            backend.scan(Bucket.KEY, RevisionKey.of(main, 0), (key, value) -> ++seen[0] < 50);
            assertThat(seen[0]).isEqualTo(Math.min(50, records + 2 - main));
        }
    }

    @Test
    void aReaderKeepsTheOldFileUntilItHasFinished() throws IOException {
        try (Backend backend = open(SMALL_STEPS)) {
            fill(backend, 2, 100, 1_000);
            CompletableFuture<Void> next;
            try (RecordReader reader = backend.reader()) {
                assertThat(reader.get(2, 0)).hasSize(1_000);

                defragment(backend);

                assertThat(unlinkedMaps()).isPositive();
                thin(backend, 2, 100);
                assertThat(reader.get(12, 0)).as("from the old file").hasSize(1_000);
                assertThat(backend.get(Bucket.KEY, RevisionKey.of(4, 0))).isNull();
                next = backend.defragment().toCompletableFuture();
                assertThat(next).as("waits for the reader of the first").isNotDone();
            }
            next.join();
            while (unlinkedMaps() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void closingGivesUpWhatRunsAndWhatWaits() throws IOException {
        Backend backend = open(new CopyOptions(256, 0));
        fill(backend, 2, 3_000, 1_000);
        List<CompletableFuture<Void>> all = Stream.generate(
                        () -> backend.defragment().toCompletableFuture())
                .limit(20) // so many that the last one waits, whatever holds up this thread
                .toList();
        backend.close();
        assertThat(all).allMatch(CompletableFuture::isDone);
        assertThatThrownBy(all.get(all.size() - 1)::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(DefragmentationException.class);
        assertThatThrownBy(() -> defragment(backend)).hasCauseInstanceOf(DefragmentationException.class);
        assertThat(files()).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
        try (Backend again = LmdbStore.open(file(), OPTIONS)) {
            assertThat(again.consistentIndex()).isEqualTo(3_001);
        }
    }

    @Test
    void whatACrashLeftOfACopyIsRemovedAtTheStart() throws IOException {
        LmdbStore.open(file(), OPTIONS).close();
        Files.write(directory.resolve("store.mdb.defrag"), new byte[1_000]);
        Files.write(directory.resolve("store.mdb.defrag-lock"), new byte[10]);
        try (Backend backend = LmdbStore.open(file(), OPTIONS)) {
            assertThat(files()).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
            defragment(backend);
        }
    }

    @Test
    void isNotBegunWithoutSpaceForTheCopy() throws IOException {
        try (Backend backend = open(new CopyOptions(4 << 20, 1L << 60))) {
            fill(backend, 2, 10, 1_000);
            assertThatThrownBy(() -> defragment(backend))
                    .cause()
                    .isInstanceOf(DefragmentationException.class)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("not enough space");
            fill(backend, 12, 10, 1_000);
            assertThat(files()).containsExactly("store.mdb", "store.mdb-lock", "store.mdb.owner");
        }
    }

    @Test
    void aFailedStoreIsNotDefragmented() {
        try (Backend backend = open(SMALL_STEPS)) {
            fill(backend, 2, 10, 1_000);
            backend.beginEntry();
            backend.abandonEntry(new IllegalStateException("half-way"));
            assertThatThrownBy(() -> defragment(backend))
                    .hasCauseInstanceOf(io.etcetera.mvcc.StoreFailedException.class)
                    .hasMessageContaining("half-way");
        }
    }
}
