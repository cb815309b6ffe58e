package io.etcetera.mvcc.backend.store;

import static io.etcetera.mvcc.backend.store.BackendCalls.ON_REQUEST;
import static io.etcetera.mvcc.backend.store.BackendCalls.bytes;
import static io.etcetera.mvcc.backend.store.BackendCalls.commit;
import static io.etcetera.mvcc.backend.store.BackendCalls.entries;
import static io.etcetera.mvcc.backend.store.BackendCalls.get;
import static io.etcetera.mvcc.backend.store.BackendCalls.put;
import static io.etcetera.mvcc.backend.store.BackendCalls.record;
import static io.etcetera.mvcc.backend.store.BackendCalls.revisions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.StoreFailedException;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.RevisionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written, read and found again, and who may ask. */
@Timeout(60)
class BackendTest {
    private final Path directory;

    BackendTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path file() {
        return directory.resolve("store.mdb");
    }

    @Test
    void writesAreVisibleAtOnceAndAfterTheCommit() {
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
            backend.beginEntry();
            put(backend, 2, "two");
            put(backend, 3, "");
            backend.put(Bucket.AUTH_USERS, bytes("root"), bytes("secret"));
            backend.endEntry(5, 2);
        }
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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

    @Test
    void backgroundWorkLeavesTheIndexAlone() {
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
    void oneOwnerAtATime() {
        Backend backend = LmdbStore.open(file(), ON_REQUEST);
        assertThatThrownBy(() -> LmdbStore.open(file(), ON_REQUEST))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining("in use");
        backend.close();
        backend.close();
        LmdbStore.open(file(), ON_REQUEST).close();
        assertThatThrownBy(() -> get(backend, Bucket.META, "term")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(backend::beginEntry).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void misuseIsRefused() {
        try (Backend backend = LmdbStore.open(file(), ON_REQUEST)) {
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
        assertThatThrownBy(() -> LmdbStore.open(elsewhere, ON_REQUEST))
                .isInstanceOf(StoreFailedException.class)
                .hasMessageContaining(elsewhere.toString());
    }
}
