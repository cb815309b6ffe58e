package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.MetaKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hashes of histories. The numbers were read from a stock etcd 3.7.1 that was taken through the same one. */
@Timeout(60)
class KvHashTest {
    /** CRC-32C of the bucket's name alone. */
    private static final long NOTHING = 1084519789L;

    private final Path file;

    KvHashTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    private static void assertHash(StoreFixture kv, long asked, long crc, long compactRevision, long revision)
            throws Exception {
        assertThat(kv.store.hash(asked))
                .isEqualTo(
                        new KvHashResult(new KvHash((int) crc, revision, compactRevision), kv.store.currentRevision()));
    }

    private static void assertRefused(StoreFixture kv, long asked, Kind kind) {
        assertThatThrownBy(() -> kv.store.hash(asked))
                .isInstanceOfSatisfying(
                        RevisionException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void equalsStockEtcd() throws Exception {
        try (StoreFixture kv = new StoreFixture(file)) {
            assertHash(kv, 0, NOTHING, -1, 1);
            assertHash(kv, -5, NOTHING, -1, -5);
            assertHash(kv, 1, NOTHING, -1, 1);
            assertRefused(kv, 2, Kind.FUTURE);

            kv.compact(0);
            assertHash(kv, 0, NOTHING, -1, 0); // by now 0 is the revision of a compaction
            assertHash(kv, 1, NOTHING, 0, 1);

            kv.put("a", "1");
            kv.put("b", "2");
            kv.put("a", "3");
            kv.delete("b");
            kv.put("c", "4");
            assertHash(kv, 0, NOTHING, -1, 0);
            assertHash(kv, 2, 2587454935L, 0, 2);
            assertHash(kv, 3, 1827592406L, 0, 3);
            assertHash(kv, 4, 2069675932L, 0, 4);
            assertHash(kv, 5, 1125682900L, 0, 5);
            assertHash(kv, 6, 2750537463L, 0, 6);
            assertHash(kv, -1, NOTHING, 0, -1);

            kv.compact(5);
            assertRefused(kv, 4, Kind.COMPACTED);
            assertHash(kv, 5, 1125682900L, 0, 5);
            assertHash(kv, 6, 168415639L, 5, 6);

            kv.delete("a");
            kv.delete("c");
            assertHash(kv, 7, 2990153982L, 5, 7);
            assertHash(kv, 8, 3341808301L, 5, 8);

            kv.compact(8);
            assertHash(kv, 0, NOTHING, -1, 0);
            assertHash(kv, 5, 1125682900L, 0, 5);
            assertRefused(kv, 6, Kind.COMPACTED);
            assertHash(kv, 8, 1134636879L, 5, 8);

            kv.put("d", "1");
            assertHash(kv, 9, 2962135069L, 8, 9);
        }
        try (StoreFixture kv = new StoreFixture(file)) {
            assertHash(kv, 0, 2962135069L, 8, 9);
            assertRefused(kv, 5, Kind.COMPACTED);
            assertRefused(kv, 7, Kind.COMPACTED);
            assertHash(kv, 8, NOTHING, 8, 8);
            assertHash(kv, -1, NOTHING, 8, -1);
        }
    }

    @Test
    void theNewestTenCompactionsAreRemembered() throws Exception {
        try (StoreFixture kv = new StoreFixture(file)) {
            for (int i = 0; i < 20; i++) {
                kv.put("k", "v" + i);
            }
            for (long revision = 2; revision <= 13; revision++) {
                kv.compact(revision);
            }
            assertRefused(kv, 3, Kind.COMPACTED);
            for (long revision = 4; revision <= 13; revision++) {
                KvHash hash = kv.store.hash(revision).hash();
                assertThat(hash.revision()).isEqualTo(revision);
                assertThat(hash.compactRevision()).isEqualTo(revision - 1);
            }
        }
    }

    @Test
    void aCompactionThatWasCutShortLeavesNoHash() throws Exception {
        KvStoreOptions stuck = KvStoreOptions.DEFAULT.withCompaction(10, Duration.ofDays(1));
        try (StoreFixture kv = new StoreFixture(file, BackendOptions.DEFAULT.withFsync(false), stuck)) {
            for (int i = 0; i < 100; i++) {
                kv.put("k", "v" + i);
            }
            kv.startCompaction(50);
        }
        try (StoreFixture kv = new StoreFixture(file)) {
            kv.store.compactionsDone().toCompletableFuture().join();
            assertThat(kv.store.hash(50).hash().compactRevision()).isEqualTo(50);
            kv.compact(60);
            assertThat(kv.store.hash(60).hash().compactRevision()).isEqualTo(50);
        }
    }

    @Test
    void aCompactionAskedForDuringAnotherLeavesNoHash() throws Exception {
        CompactionGate gate = new CompactionGate(LmdbStore.open(file, BackendOptions.DEFAULT.withFsync(false)));
        try (StoreFixture kv = new StoreFixture(gate, StoreFixture.QUICK)) {
            for (int i = 0; i < 20; i++) {
                kv.put("k", "v" + i);
            }
            CompletionStage<Void> first = kv.startCompaction(12);
            CompletionStage<Void> second = kv.startCompaction(14);
            gate.open(); // not before, for the first is not to end before the second is asked for
            first.toCompletableFuture().join();
            second.toCompletableFuture().join();
            assertThat(kv.store.hash(12).hash().compactRevision()).isEqualTo(-1);
            assertThat(kv.store.hash(14).hash().compactRevision()).isEqualTo(14);
        }
    }

    @Test
    void anInterruptEndsAHash() {
        try (StoreFixture kv = new StoreFixture(file)) {
            kv.put("a", "1");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> kv.store.hash(2)).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(kv.store::hash).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void allBucketsAreHashedInTheOrderOfTheirNames() throws Exception {
        try (StoreFixture kv = new StoreFixture(file)) {
            kv.put("a", "1");
            kv.compact(2);
            kv.backend.beginEntry();
            kv.backend.put(Bucket.META, MetaKeys.STORAGE_VERSION.key(), bytes("3.7.0"));
            kv.backend.put(Bucket.META, bytes("other"), bytes("x"));
            kv.backend.put(Bucket.AUTH_USERS, bytes("n".repeat(600)), bytes("user"));
            kv.backend.endEntry(100, 7);

            CRC32C crc = new CRC32C();
            for (String bucket : List.of("alarm", "auth", "authRoles", "authUsers", "cluster", "key", "lease")) {
                crc.update(bucket.getBytes(StandardCharsets.US_ASCII));
                if (bucket.equals("authUsers")) {
                    crc.update(bytes("n".repeat(600) + "user"));
                } else if (bucket.equals("key")) {
                    kv.backend.forEach(Bucket.KEY, (key, value) -> {
                        crc.update(key);
                        crc.update(value);
                    });
                }
            }
            String mark = "\0\0\0\0\0\0\0\2_\0\0\0\0\0\0\0\0";
            crc.update(bytes("members" + "members_removed" + "meta"));
            crc.update(bytes("finishedCompactRev" + mark + "other" + "x" + "scheduledCompactRev" + mark));
            assertThat(kv.store.hash()).isEqualTo((int) crc.getValue());
        }
    }
}
