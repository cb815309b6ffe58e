package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.ALL;
import static io.etcetera.mvcc.StoreFixture.bytes;
import static io.etcetera.mvcc.StoreFixture.range;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.revision.ReplaceableStore;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.mvcc.watch.HistorySource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store makes of a file that was left by a crash, an import, or a store that was compacting. */
@Timeout(60)
class StoreRecoveryTest {
    private final Path file;

    StoreRecoveryTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    private void onDisk(Consumer<Backend> work) {
        try (Backend backend = LmdbStore.open(file, BackendOptions.DEFAULT.withFsync(false))) {
            backend.beginEntry();
            work.accept(backend);
            backend.endEntry();
        }
    }

    @Test
    void anUnfinishedCompactionGoesOn() throws RevisionException {
        try (StoreFixture kv = new StoreFixture(file)) {
            for (int i = 0; i < 100; i++) {
                kv.put("k" + i % 3, "v" + i);
            }
        }
        onDisk(backend -> backend.put(Bucket.META, MetaKeys.SCHEDULED_COMPACT_REV.key(), RevisionKey.of(90, 0)));
        try (StoreFixture kv = new StoreFixture(file)) {
            assertThat(kv.store.compactRevision()).isEqualTo(90);
            kv.store.compactionsDone().toCompletableFuture().join();
            assertThat(kv.records()).hasSize(3 + 11);
            assertThat(kv.show(ALL, 90)).hasSize(3);
        }
        onDisk(backend -> assertThat(backend.get(Bucket.META, MetaKeys.FINISHED_COMPACT_REV.key()))
                .isEqualTo(RevisionKey.of(90, 0)));
    }

    @Test
    void closingCutsACompactionShort() throws RevisionException {
        try (StoreFixture kv = new StoreFixture(file)) {
            for (int i = 0; i < 1_000; i++) {
                kv.put("k", "v" + i);
            }
        }
        KvStoreOptions slow = KvStoreOptions.DEFAULT.withCompaction(10, Duration.ofDays(1));
        var options = BackendOptions.DEFAULT.withFsync(false);
        CompletionStage<Void> done;
        try (StoreFixture kv = new StoreFixture(file, options, slow)) {
            done = kv.startCompaction(1_000);
        }
        assertThat(done.toCompletableFuture()).isCompletedExceptionally();
        try (StoreFixture kv = new StoreFixture(file)) {
            kv.store.compactionsDone().toCompletableFuture().join();
            assertThat(kv.records()).containsExactly("1000.0", "1001.0");
        }
    }

    /** As etcdutl writes it when a snapshot is restored with a bumped revision. */
    @Test
    void anEmptyRecordOnlyCountsForTheRevision() throws RevisionException {
        try (StoreFixture kv = new StoreFixture(file)) {
            kv.put("a", "1");
        }
        onDisk(backend -> backend.put(Bucket.KEY, RevisionKey.of(1_000, 0), new byte[0]));
        try (StoreFixture kv = new StoreFixture(file)) {
            assertThat(kv.store.currentRevision()).isEqualTo(1_000);
            assertThat(kv.put("a", "2")).isEqualTo(1_001);
            kv.compact(1_001);
            assertThat(kv.records()).containsExactly("1001.0");
            assertThat(kv.show(ALL, 0)).containsExactly("a=2 c2 m1001 v2");
        }
    }

    @Test
    void theRevisionIsNeverBelowACompaction() {
        onDisk(backend -> {
            backend.put(Bucket.META, MetaKeys.SCHEDULED_COMPACT_REV.key(), RevisionKey.of(50, 0));
            backend.put(Bucket.META, MetaKeys.FINISHED_COMPACT_REV.key(), RevisionKey.of(50, 0));
        });
        try (StoreFixture kv = new StoreFixture(file)) {
            assertThat(kv.store.currentRevision()).isEqualTo(50);
            assertThat(kv.store.compactRevision()).isEqualTo(50);
            assertThat(kv.put("a", "1")).isEqualTo(51);
        }
    }

    @Test
    void aRecordThatIsNoKeyValueIsRefused() {
        onDisk(backend -> backend.put(Bucket.KEY, RevisionKey.of(2, 0), bytes("\nabc")));
        assertThatThrownBy(() -> {
                    try (Backend backend = LmdbStore.open(file, BackendOptions.DEFAULT)) {
                        ReplaceableStore.open(backend, new FakeLeases(), KvStoreOptions.DEFAULT);
                    }
                })
                .isInstanceOf(CorruptStoreException.class);
    }

    @Test
    void aDamagedRecordIsRefusedAtTheStartAndFailsItsReadersLater() throws IOException, RevisionException {
        try (StoreFixture kv = new StoreFixture(file)) {
            kv.put("a", "the first value");
            kv.put("b", "the other value");
        }
        try (StoreFixture kv = new StoreFixture(file)) {
            damage("the other value");
            assertThatThrownBy(() -> kv.read(range("b", ""), 0))
                    .isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining("bucket key at revision 3/0");
            assertThatThrownBy(() -> kv.read(ALL, 0)).isInstanceOf(CorruptStoreException.class);
            assertThat(kv.show(range("a", ""), 0)).containsExactly("a=the first value c2 m2 v1");
            assertThat(kv.put("c", "3")).isEqualTo(4);
        }
        try (Backend backend = LmdbStore.open(file, BackendOptions.DEFAULT)) {
            assertThatThrownBy(() -> ReplaceableStore.open(backend, new FakeLeases(), KvStoreOptions.DEFAULT))
                    .isInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("bucket key at revision 3/0");
        }
    }

    /** Changes one byte of a text wherever it stands in the file. */
    private void damage(String text) throws IOException {
        String all = Files.readString(file, ISO_8859_1);
        assertThat(all).contains(text);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
                channel.write(ByteBuffer.wrap(bytes("T")), at);
            }
        }
    }

    @Test
    void aLostRecordIsNoticed() {
        try (StoreFixture kv = new StoreFixture(file)) {
            kv.put("a", "1");
            kv.backend.beginEntry();
            kv.backend.delete(Bucket.KEY, RevisionKey.of(2, 0));
            kv.backend.endEntry();
            assertThatThrownBy(() -> kv.read(range("a", ""), 0)).isInstanceOf(CorruptStoreException.class);
        }
    }

    @Test
    void historyIsServedInOrder() throws RevisionException {
        try (StoreFixture kv = new StoreFixture(file)) {
            HistorySource history = ((ReplaceableStore) kv.store).history();
            for (int i = 0; i < 1_500; i++) {
                kv.put("k" + i % 7, "v");
            }
            kv.delete("k3");
            kv.write(txn -> txn.put(bytes("x"), bytes("1"), 0) + txn.put(bytes("x"), bytes("2"), 0));
            assertThat(kv.history(2, 1_503))
                    .hasSize(1_503)
                    .startsWith("2.0 k0 v1")
                    .endsWith("1502.0 k3 deleted", "1503.0 x v1", "1503.1 x v2");
            assertThat(kv.history(1_502, 1_502)).containsExactly("1502.0 k3 deleted");
            assertThat(kv.history(9, 8)).isEmpty();
            KvStoreTest.assertFails(RevisionException.Kind.FUTURE, () -> kv.history(1, 1_504));

            assertThat(history.recordBefore(bytes("k0"), 2)).isNull();
            byte[] before = history.recordBefore(bytes("k0"), 9);
            assertThat(before)
                    .isEqualTo(kv.read(range("k0", ""), 8).kvs().get(0).encoded());
            assertThat(history.recordBefore(bytes("k3"), 1_503)).isNull();
            assertThat(history.recordBefore(bytes("k3"), 1_502)).isNotNull();

            kv.compact(1_502);
            KvStoreTest.assertFails(RevisionException.Kind.COMPACTED, () -> kv.history(1_501, 1_503));
            assertThat(kv.history(1_502, 1_503)).hasSize(3);
            assertThat(history.recordBefore(bytes("k1"), 1_502)).isNull();
            assertThat(history.recordBefore(bytes("k1"), 1_503)).isNotNull();
        }
    }
}
