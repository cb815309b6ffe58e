package io.etcetera.mvcc.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BackendTest {
    /** Nothing is committed unless asked for. */
    private static final BackendOptions ON_REQUEST =
            BackendOptions.DEFAULT.withBatch(Duration.ofDays(1), Integer.MAX_VALUE);

    private final Path directory;

    BackendTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path file() {
        return directory.resolve("store.mdb");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void put(Backend backend, long main, String value) {
        backend.put(Bucket.KEY, RevisionKey.of(main, 0), bytes(value));
    }

    private static String record(Backend backend, long main) {
        try (RecordReader reader = backend.reader()) {
            byte[] found = reader.get(main, 0);
            return found == null ? "none" : new String(found, UTF_8);
        }
    }

    private static String get(Backend backend, Bucket bucket, String key) {
        byte[] found = backend.get(bucket, bytes(key));
        return found == null ? "none" : new String(found, UTF_8);
    }

    private static long commit(Backend backend) {
        return backend.commit().toCompletableFuture().join();
    }

    private static List<String> entries(Backend backend, Bucket bucket) {
        List<String> all = new ArrayList<>();
        backend.forEach(bucket, (key, value) -> all.add(new String(key, UTF_8) + "=" + new String(value, UTF_8)));
        return all;
    }

    private static List<Long> revisions(Backend backend, long from) {
        List<Long> all = new ArrayList<>();
        backend.scan(Bucket.KEY, RevisionKey.of(from, 0), (key, value) -> all.add(RevisionKey.main(key)));
        return all;
    }

    @Test
    void writesAreVisibleAtOnceAndAfterTheCommit() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            put(backend, 2, "two");
            backend.put(Bucket.LEASE, bytes("l"), bytes("lease"));
            assertThat(record(backend, 2)).isEqualTo("two");
            assertThat(get(backend, Bucket.LEASE, "l")).isEqualTo("lease");
            backend.endEntry(7, 3);
            assertThat(backend.consistentIndex()).isEqualTo(7);

            assertThat(commit(backend)).isEqualTo(7);
            assertThat(record(backend, 2)).isEqualTo("two");
            assertThat(record(backend, 3)).isEqualTo("none");
            assertThat(get(backend, Bucket.LEASE, "l")).isEqualTo("lease");
            assertThat(backend.get(Bucket.KEY, RevisionKey.of(2, 0))).isEqualTo(bytes("two"));
        }
    }

    @Test
    void whatIsClosedIsThereAgain() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            put(backend, 2, "two");
            put(backend, 3, "");
            backend.put(Bucket.AUTH_USERS, bytes("root"), bytes("secret"));
            backend.endEntry(5, 2);
        }
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            assertThat(record(backend, 2)).isEqualTo("two");
            assertThat(record(backend, 3)).isEmpty();
            assertThat(get(backend, Bucket.AUTH_USERS, "root")).isEqualTo("secret");
            assertThat(backend.consistentIndex()).isEqualTo(5);
            assertThat(backend.consistentTerm()).isEqualTo(2);
            assertThat(backend.sizeBytes()).isEqualTo(sizeOnDisk());
            assertThat(backend.sizeInUseBytes()).isPositive().isLessThanOrEqualTo(backend.sizeBytes());
        }
    }

    private long sizeOnDisk() {
        try {
            return Files.size(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A copy made between two commits, while writes go on, is what a kill would leave: whole entries with the index of
     * the last of them.
     */
    @Test
    void aCrashLeavesWholeEntriesWithTheirIndex() {
        int entries = 2_000;
        List<Long> copies = new ArrayList<>();
        BackendOptions busy = BackendOptions.DEFAULT
                .withBatch(Duration.ofMillis(1), 37)
                .withFsync(false)
                .withOnCommit(stats -> {
                    copy(stats.consistentIndex());
                    copies.add(stats.consistentIndex());
                });
        try (Backend backend = Backend.open(file(), busy)) {
            for (int i = 1; i <= entries; i++) {
                backend.beginEntry();
                put(backend, 2L * i, "a" + i);
                put(backend, 2L * i + 1, "b" + i);
                backend.put(Bucket.CLUSTER, bytes("last"), bytes("" + i));
                backend.endEntry(i, 1);
            }
        }
        assertThat(copies).hasSizeGreaterThan(5).last().isEqualTo((long) entries);
        copies.forEach(this::checkCopy);
    }

    private void copy(long index) {
        try {
            Files.copy(file(), directory.resolve("copy" + index));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkCopy(long index) {
        try (Backend crashed = Backend.open(directory.resolve("copy" + index), ON_REQUEST)) {
            assertThat(crashed.consistentIndex()).isEqualTo(index);
            assertThat(get(crashed, Bucket.CLUSTER, "last")).isEqualTo("" + index);
            assertThat(record(crashed, 2)).isEqualTo("a1");
            assertThat(record(crashed, 2 * index + 1)).isEqualTo("b" + index);
            assertThat(revisions(crashed, 2 * index)).containsExactly(2 * index, 2 * index + 1);
        }
    }

    @Test
    void aBatchNeverHoldsAnOpenEntry() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            put(backend, 2, "two");
            backend.endEntry(1, 1);
            backend.beginEntry();
            put(backend, 3, "three");
            var committed = backend.commit().toCompletableFuture();
            assertThat(committed).isNotDone();
            put(backend, 4, "four");
            backend.endEntry(2, 1);
            assertThat(committed.join()).isEqualTo(2);
            assertThat(backend.get(Bucket.META, MetaKeys.CONSISTENT_INDEX.key()))
                    .isEqualTo(MetaKeys.encodeLong(2));
        }
    }

    @Test
    void backgroundWorkLeavesTheIndexAlone() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            put(backend, 2, "two");
            backend.endEntry(9, 4);
            commit(backend);
            backend.beginEntry();
            backend.delete(Bucket.KEY, RevisionKey.of(2, 0));
            backend.endEntry();
            assertThat(record(backend, 2)).isEqualTo("none");
            assertThat(commit(backend)).isEqualTo(9);
            assertThat(record(backend, 2)).isEqualTo("none");
            assertThat(backend.consistentTerm()).isEqualTo(4);
        }
    }

    @Test
    void scansMergeTheBuffersAndTheFile() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            for (String key : List.of("b", "d", "f")) {
                backend.put(Bucket.LEASE, bytes(key), bytes("old"));
            }
            put(backend, 2, "x");
            put(backend, 3, "x");
            backend.endEntry(1, 1);
            commit(backend);
            backend.beginEntry();
            backend.put(Bucket.LEASE, bytes("a"), bytes("new"));
            backend.put(Bucket.LEASE, bytes("d"), bytes("new"));
            backend.delete(Bucket.LEASE, bytes("f"));
            backend.put(Bucket.LEASE, bytes("g"), bytes("new"));
            backend.delete(Bucket.LEASE, bytes("h"));
            backend.delete(Bucket.KEY, RevisionKey.of(2, 0));
            put(backend, 4, "x");
            put(backend, 5, "x");
            backend.delete(Bucket.KEY, RevisionKey.of(4, 0));
            backend.endEntry(2, 1);

            List<String> expected = List.of("a=new", "b=old", "d=new", "g=new");
            assertThat(entries(backend, Bucket.LEASE)).isEqualTo(expected);
            assertThat(revisions(backend, 0)).containsExactly(3L, 5L);
            assertThat(revisions(backend, 4)).containsExactly(5L);
            commit(backend);
            assertThat(entries(backend, Bucket.LEASE)).isEqualTo(expected);
            assertThat(revisions(backend, 0)).containsExactly(3L, 5L);
        }
    }

    @Test
    void revisionsMayComeOutOfOrder() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            put(backend, 9, "nine");
            backend.delete(Bucket.KEY, RevisionKey.of(11, 0));
            put(backend, 11, "eleven");
            put(backend, 4, "four");
            backend.endEntry(1, 1);
            assertThat(revisions(backend, 0)).containsExactly(4L, 9L, 11L);
            commit(backend);
            backend.beginEntry();
            put(backend, 6, "six");
            put(backend, 7, "seven");
            backend.endEntry(2, 1);
            commit(backend);
            assertThat(revisions(backend, 0)).containsExactly(4L, 6L, 7L, 9L, 11L);
            assertThat(record(backend, 6)).isEqualTo("six");
        }
    }

    @Test
    void keysMayBeLongerThanLmdbAllows() {
        String prefix = "u".repeat(600);
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            for (int length : List.of(1, 510, 511, 512, 100_000)) {
                backend.put(Bucket.AUTH_USERS, bytes("k".repeat(length)), bytes("v" + length));
            }
            backend.put(Bucket.AUTH_USERS, bytes(prefix + "1"), bytes("p1"));
            backend.put(Bucket.AUTH_USERS, bytes(prefix + "2"), bytes("p2"));
            backend.endEntry(1, 1);
            for (int round = 0; round < 2; round++) {
                for (int length : List.of(1, 510, 511, 512, 100_000)) {
                    assertThat(get(backend, Bucket.AUTH_USERS, "k".repeat(length)))
                            .isEqualTo("v" + length);
                }
                assertThat(get(backend, Bucket.AUTH_USERS, prefix + "1")).isEqualTo("p1");
                assertThat(entries(backend, Bucket.AUTH_USERS))
                        .hasSize(7)
                        .contains(prefix + "2=p2", "k".repeat(511) + "=v511");
                commit(backend);
            }
            backend.beginEntry();
            backend.delete(Bucket.AUTH_USERS, bytes(prefix + "1"));
            assertThatThrownBy(() -> backend.put(Bucket.AUTH, new byte[0], new byte[0]))
                    .isInstanceOf(IllegalArgumentException.class);
            backend.endEntry(2, 1);
            commit(backend);
            assertThat(get(backend, Bucket.AUTH_USERS, prefix + "1")).isEqualTo("none");
            assertThat(get(backend, Bucket.AUTH_USERS, prefix + "2")).isEqualTo("p2");
        }
    }

    @Test
    void commitsByItselfWhenABatchIsFullOrOld() throws InterruptedException {
        CountDownLatch commits = new CountDownLatch(1);
        BackendOptions small = BackendOptions.DEFAULT
                .withBatch(Duration.ofDays(1), 3)
                .withOnCommit(stats -> {
                    assertThat(stats.writes()).isEqualTo(3);
                    assertThat(stats.consistentIndex()).isEqualTo(3);
                    commits.countDown();
                });
        try (Backend backend = Backend.open(file(), small)) {
            for (int i = 1; i <= 3; i++) {
                assertThat(commits.getCount()).isOne();
                backend.beginEntry();
                put(backend, i + 1, "x");
                backend.endEntry(i, 1);
            }
            assertThat(commits.await(30, TimeUnit.SECONDS)).isTrue();
        }
        CountDownLatch old = new CountDownLatch(1);
        BackendOptions quick = BackendOptions.DEFAULT
                .withBatch(Duration.ofMillis(5), Integer.MAX_VALUE)
                .withOnCommit(stats -> old.countDown());
        try (Backend backend = Backend.open(file(), quick)) {
            backend.beginEntry();
            backend.endEntry(4, 1);
            assertThat(old.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** While a commit hangs, four batches may wait; the next entry does, until the commit is over. */
    @Test
    void writersWaitForASlowDisk() throws InterruptedException {
        CountDownLatch inCommit = new CountDownLatch(1);
        CountDownLatch disk = new CountDownLatch(1);
        BackendOptions slow = BackendOptions.DEFAULT
                .withBatch(Duration.ofDays(1), 10)
                .withOnCommit(stats -> {
                    inCommit.countDown();
                    try {
                        disk.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        AtomicInteger written = new AtomicInteger();
        Backend backend = Backend.open(file(), slow);
        Thread writer = new Thread(() -> {
            for (int i = 1; i <= 100; i++) {
                backend.beginEntry();
                put(backend, i + 1, "x");
                backend.endEntry(i, 1);
                written.set(i);
            }
        });
        writer.start();
        inCommit.await();
        // It also waits for moments, for the lock that the committer takes a batch with.
        while (writer.isAlive() && (writer.getState() != Thread.State.WAITING || written.get() < 50)) {
            Thread.onSpinWait();
        }
        // What went into the first commit depends on how fast it started; 40 more wait behind it.
        assertThat(written.get()).isBetween(50, 80);
        disk.countDown();
        writer.join();
        backend.close();
        assertThat(written.get()).isEqualTo(100);
        try (Backend again = Backend.open(file(), ON_REQUEST)) {
            assertThat(revisions(again, 0)).hasSize(100);
        }
    }

    @Test
    void aFailedCommitIsFinalAndReportedOnce() {
        List<Throwable> failures = new ArrayList<>();
        BackendOptions tiny = ON_REQUEST.withMapSizeBytes(1 << 20).withOnFailure(failures::add);
        Backend backend = Backend.open(file(), tiny);
        backend.beginEntry();
        backend.put(Bucket.KEY, RevisionKey.of(2, 0), bytes("kept"));
        backend.endEntry(1, 1);
        commit(backend);
        backend.beginEntry();
        backend.put(Bucket.KEY, RevisionKey.of(3, 0), new byte[2 << 20]);
        backend.endEntry(2, 1);

        assertThatThrownBy(() -> commit(backend))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(io.etcetera.mvcc.StoreFullException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("map size of 1048576");
        assertThatThrownBy(backend::beginEntry)
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("takes no writes");
        assertThatThrownBy(() -> commit(backend)).hasCauseInstanceOf(StoreFailedException.class);
        assertThat(record(backend, 2)).isEqualTo("kept");
        backend.close();
        assertThat(failures).hasSize(1);

        try (Backend again = Backend.open(file(), ON_REQUEST)) {
            assertThat(again.consistentIndex()).isEqualTo(1);
            assertThat(revisions(again, 0)).containsExactly(2L);
        }
    }

    @Test
    void anAbandonedEntryIsNeverCommitted() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            put(backend, 2, "two");
            backend.endEntry(7, 3);
            assertThat(commit(backend)).isEqualTo(7);
            backend.beginEntry();
            put(backend, 3, "half of it");
            backend.abandonEntry(new IllegalStateException("the other half failed"));
            assertThatThrownBy(backend::beginEntry)
                    .isInstanceOf(StoreFailedException.class)
                    .hasMessageContaining("the other half failed");
        }
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            assertThat(backend.consistentIndex()).isEqualTo(7);
            assertThat(record(backend, 2)).isEqualTo("two");
            assertThat(record(backend, 3)).isEqualTo("none");
        }
    }

    @Test
    void oneOwnerAtATime() {
        Backend backend = Backend.open(file(), ON_REQUEST);
        assertThatThrownBy(() -> Backend.open(file(), ON_REQUEST))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("in use");
        backend.close();
        backend.close();
        Backend.open(file(), ON_REQUEST).close();
        assertThatThrownBy(() -> get(backend, Bucket.META, "term")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(backend::beginEntry).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void misuseIsRefused() {
        try (Backend backend = Backend.open(file(), ON_REQUEST)) {
            assertThatThrownBy(() -> put(backend, 2, "x")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(backend::endEntry).isInstanceOf(IllegalStateException.class);
            backend.beginEntry();
            assertThatThrownBy(backend::beginEntry).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> backend.put(Bucket.KEY, bytes("no revision"), bytes("x")))
                    .isInstanceOf(IllegalArgumentException.class);
            backend.endEntry();
        }
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path elsewhere = directory.resolve("missing/store.mdb");
        assertThatThrownBy(() -> Backend.open(elsewhere, ON_REQUEST))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining(elsewhere.toString());
    }
}
