package io.etcetera.mvcc.backend.store;

import static io.etcetera.mvcc.backend.store.BackendCalls.ON_REQUEST;
import static io.etcetera.mvcc.backend.store.BackendCalls.bytes;
import static io.etcetera.mvcc.backend.store.BackendCalls.commit;
import static io.etcetera.mvcc.backend.store.BackendCalls.get;
import static io.etcetera.mvcc.backend.store.BackendCalls.put;
import static io.etcetera.mvcc.backend.store.BackendCalls.record;
import static io.etcetera.mvcc.backend.store.BackendCalls.revisions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.StoreFullException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
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

/** What goes to the disk, when, and what becomes of it if the disk or the process fails. */
@Timeout(60)
class BackendCommitTest {
    private final Path directory;

    BackendCommitTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path file() {
        return directory.resolve("store.mdb");
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
        try (Backend backend = LmdbStore.open(file(), busy)) {
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
        try (Backend crashed = LmdbStore.open(directory.resolve("copy" + index), ON_REQUEST)) {
            assertThat(crashed.consistentIndex()).isEqualTo(index);
            assertThat(get(crashed, Bucket.CLUSTER, "last")).isEqualTo("" + index);
            assertThat(record(crashed, 2)).isEqualTo("a1");
            assertThat(record(crashed, 2 * index + 1)).isEqualTo("b" + index);
            assertThat(revisions(crashed, 2 * index)).containsExactly(2 * index, 2 * index + 1);
        }
    }

    @Test
    void aBatchNeverHoldsAnOpenEntry() {
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
    void commitsByItselfWhenABatchIsFullOrOld() throws InterruptedException {
        CountDownLatch commits = new CountDownLatch(1);
        BackendOptions small = BackendOptions.DEFAULT
                .withBatch(Duration.ofDays(1), 3)
                .withOnCommit(stats -> {
                    assertThat(stats.writes()).isEqualTo(3);
                    assertThat(stats.consistentIndex()).isEqualTo(3);
                    commits.countDown();
                });
        try (Backend backend = LmdbStore.open(file(), small)) {
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
        try (Backend backend = LmdbStore.open(file(), quick)) {
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
        Backend backend = LmdbStore.open(file(), slow);
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
        try (Backend again = LmdbStore.open(file(), ON_REQUEST)) {
            assertThat(revisions(again, 0)).hasSize(100);
        }
    }

    @Test
    void aFailedCommitIsFinalAndReportedOnce() {
        List<Throwable> failures = new ArrayList<>();
        BackendOptions tiny = ON_REQUEST.withMapSizeBytes(1 << 20).withOnFailure(failures::add);
        Backend backend = LmdbStore.open(file(), tiny);
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
                .isInstanceOf(StoreFullException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining("map size of 1048576");
        assertThatThrownBy(backend::beginEntry)
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("takes no writes");
        assertThatThrownBy(() -> commit(backend)).hasCauseInstanceOf(StoreFailedException.class);
        assertThat(record(backend, 2)).isEqualTo("kept");
        backend.close();
        assertThat(failures).hasSize(1);

        try (Backend again = LmdbStore.open(file(), ON_REQUEST)) {
            assertThat(again.consistentIndex()).isEqualTo(1);
            assertThat(revisions(again, 0)).containsExactly(2L);
        }
    }

    @Test
    void anAbandonedEntryIsNeverCommitted() {
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
            assertThat(backend.consistentIndex()).isEqualTo(7);
            assertThat(record(backend, 2)).isEqualTo("two");
            assertThat(record(backend, 3)).isEqualTo("none");
        }
    }
}
