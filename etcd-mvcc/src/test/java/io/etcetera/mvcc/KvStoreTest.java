package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.ALL;
import static io.etcetera.mvcc.StoreFixture.bytes;
import static io.etcetera.mvcc.StoreFixture.range;
import static io.etcetera.mvcc.StoreFixture.show;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.RevisionException.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KvStoreTest {
    private final Path file;
    private StoreFixture kv;

    KvStoreTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
        kv = new StoreFixture(file);
    }

    @BeforeEach
    void isEmpty() {
        assertThat(kv.store.currentRevision()).isOne();
        assertThat(kv.store.compactRevision()).isEqualTo(-1);
    }

    @AfterEach
    void close() {
        kv.close();
    }

    private void reopen() {
        kv.close();
        kv = new StoreFixture(file);
    }

    static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RevisionException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void versionsCountWithinALife() throws RevisionException {
        assertThat(kv.put("a", "1")).isEqualTo(2);
        assertThat(kv.put("a", "1")).isEqualTo(3);
        assertThat(kv.put("b", "")).isEqualTo(4);
        assertThat(kv.delete("a")).isEqualTo(1);
        assertThat(kv.put("a", "2")).isEqualTo(6);
        for (int round = 0; round < 2; round++) {
            assertThat(kv.show(ALL, 0)).containsExactly("a=2 c6 m6 v1", "b= c4 m4 v1");
            assertThat(kv.show(ALL, 1)).isEmpty();
            assertThat(kv.show(ALL, 2)).containsExactly("a=1 c2 m2 v1");
            assertThat(kv.show(ALL, 3)).containsExactly("a=1 c2 m3 v2");
            assertThat(kv.show(ALL, 5)).containsExactly("b= c4 m4 v1");
            assertThat(kv.store.currentRevision()).isEqualTo(6);
            reopen();
        }
    }

    @Test
    void rangesFollowEtcdsRules() throws RevisionException {
        for (String key : List.of("a", "aa", "b", "c", "\0", "\u00ff")) {
            kv.put(key, "x");
        }
        assertThat(keys(range("a", ""))).containsExactly("a");
        assertThat(keys(range("a", "c"))).containsExactly("a", "aa", "b");
        assertThat(keys(range("b", "\0"))).containsExactly("b", "c", "\u00ff");
        assertThat(keys(ALL)).containsExactly("\0", "a", "aa", "b", "c", "\u00ff");
        assertThat(keys(range("b", "a"))).isEmpty();
        assertThat(keys(range("b", "b"))).isEmpty();
        assertThat(keys(range("nothing", ""))).isEmpty();
    }

    private List<String> keys(KeyRange range) throws RevisionException {
        List<String> keys = new ArrayList<>();
        RangeResult result = kv.read(range, 0);
        for (StoredKeyValue stored : result.kvs()) {
            keys.add(StoreFixture.text(stored.decode().getKey()));
        }
        assertThat(result.count()).isEqualTo(keys.size());
        return keys;
    }

    @Test
    void countIgnoresTheLimit() throws RevisionException {
        for (int i = 0; i < 10; i++) {
            kv.put("k" + i, "v");
        }
        kv.delete("k5");
        RangeResult result = kv.store.range(ALL, new RangeOptions(11, 4, false, false));
        assertThat(result.kvs()).hasSize(4);
        assertThat(result.count()).isEqualTo(10);
        assertThat(result.revision()).isEqualTo(12);
        result = kv.store.range(ALL, new RangeOptions(0, 9, false, false));
        assertThat(result.kvs()).hasSize(9);
        assertThat(result.count()).isEqualTo(9);
        result = kv.store.range(ALL, new RangeOptions(-3, -1, true, false));
        assertThat(result.kvs()).isEmpty();
        assertThat(result.count()).isEqualTo(9);
        assertThat(kv.store
                        .range(range("k5", ""), new RangeOptions(0, 0, true, false))
                        .count())
                .isZero();
        assertThat(kv.store
                        .range(range("k5", ""), new RangeOptions(11, 0, true, false))
                        .count())
                .isOne();
    }

    @Test
    void withoutRecordsLeavesOutValueAndLease() throws RevisionException {
        kv.put("a", "value", 9);
        kv.put("a", "value", 9);
        kv.put("b", "value");
        RangeOptions bare = new RangeOptions(0, 0, false, true);
        assertThat(show(kv.store.range(ALL, bare))).containsExactly("a= c2 m3 v2", "b= c4 m4 v1");
        assertThat(show(kv.store.range(range("a", ""), bare))).containsExactly("a= c2 m3 v2");
        StoredKeyValue stored = kv.read(range("a", ""), 0).kvs().get(0);
        assertThat(stored.createRevision()).isEqualTo(2);
        assertThat(stored.modRevision()).isEqualTo(3);
        assertThat(stored.version()).isEqualTo(2);
    }

    @Test
    void futureRevisionsAreRefused() throws RevisionException {
        kv.put("a", "1");
        assertThat(kv.show(ALL, 2)).hasSize(1);
        assertFails(Kind.FUTURE, () -> kv.read(ALL, 3));
        assertFails(Kind.FUTURE, () -> kv.startCompaction(3));
    }

    @Test
    void aTransactionIsOneRevision() throws RevisionException {
        kv.put("x", "0");
        long revision = kv.write(txn -> {
            assertThat(txn.revision()).isEqualTo(2);
            txn.put(bytes("a"), bytes("1"), 0);
            assertThat(txn.revision()).isEqualTo(3);
            txn.put(bytes("b"), bytes("1"), 0);
            txn.put(bytes("x"), bytes("1"), 0);
            assertThat(txn.delete(range("a", "c"))).isEqualTo(2);
            txn.put(bytes("a"), bytes("2"), 0);
            assertThat(txn.changes()).isEqualTo(6);

            assertThat(show(txn.range(ALL, RangeOptions.CURRENT))).containsExactly("a=2 c3 m3 v1", "x=1 c2 m3 v2");
            assertThat(txn.range(ALL, RangeOptions.CURRENT).revision()).isEqualTo(3);
            assertThat(show(txn.range(ALL, new RangeOptions(2, 0, false, false))))
                    .containsExactly("x=0 c2 m2 v1");
            assertFails(Kind.FUTURE, () -> txn.range(ALL, new RangeOptions(4, 0, false, false)));
            // Nobody else sees any of it yet.
            assertThat(kv.show(ALL, 0)).containsExactly("x=0 c2 m2 v1");
            assertThat(kv.store.currentRevision()).isEqualTo(2);
            return txn.revision();
        });
        assertThat(revision).isEqualTo(3);
        for (int round = 0; round < 2; round++) {
            assertThat(kv.show(ALL, 0)).containsExactly("a=2 c3 m3 v1", "x=1 c2 m3 v2");
            assertThat(kv.records()).containsExactly("2.0", "3.0", "3.1", "3.2", "3.3t", "3.4t", "3.5");
            reopen();
        }
    }

    @Test
    void nothingChangedUsesUpNoRevision() {
        kv.put("a", "1");
        assertThat(kv.delete("b")).isZero();
        assertThat(kv.delete("z", "b")).isZero();
        assertThat(kv.<Long>write(WriteTxn::revision)).isEqualTo(2);
        assertThat(kv.store.currentRevision()).isEqualTo(2);
        assertThat(kv.records()).containsExactly("2.0");
    }

    @Test
    void closedTransactionsAreDead() {
        WriteTxn txn = kv.store.write();
        assertThatThrownBy(kv.store::write).isInstanceOf(IllegalStateException.class);
        txn.close();
        txn.close();
        assertThatThrownBy(() -> txn.put(bytes("a"), bytes("b"), 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void keysHangOnLeases() throws RevisionException {
        kv.put("a", "1", 7);
        kv.put("b", "1", 7);
        kv.put("c", "1", -8);
        kv.put("d", "1", 9);
        kv.put("e", "1", 9);
        kv.put("a", "2", 7);
        kv.put("b", "2", 8);
        kv.put("d", "2", 0);
        kv.delete("e");
        for (int round = 0; round < 2; round++) {
            assertThat(kv.leases.all()).isEqualTo(Map.of("a", 7L, "b", 8L, "c", -8L));
            assertThat(kv.show(range("b", "d"), 0)).containsExactly("b=2 c3 m8 v2 l8", "c=1 c4 m4 v1 l-8");
            reopen();
        }
    }

    @Test
    void compactionKeepsTheNewestOfEachKey() throws RevisionException {
        kv.put("a", "1"); // 2
        kv.put("a", "2"); // 3
        kv.put("b", "1"); // 4
        kv.delete("b"); // 5
        kv.put("c", "1"); // 6
        kv.delete("c"); // 7
        kv.put("a", "3"); // 8
        assertFails(Kind.FUTURE, () -> kv.startCompaction(9));
        kv.compact(7);
        assertThat(kv.store.compactRevision()).isEqualTo(7);
        for (int round = 0; round < 2; round++) {
            assertThat(kv.records()).containsExactly("3.0", "7.0t", "8.0");
            assertThat(kv.show(ALL, 7)).containsExactly("a=2 c2 m3 v2");
            assertThat(kv.show(ALL, 8)).containsExactly("a=3 c2 m8 v3");
            assertFails(Kind.COMPACTED, () -> kv.read(ALL, 6));
            assertFails(Kind.COMPACTED, () -> kv.startCompaction(7));
            assertFails(Kind.COMPACTED, () -> kv.startCompaction(-1));
            reopen();
        }
        kv.compact(8);
        assertThat(kv.records()).containsExactly("8.0");
        reopen();
        kv.put("c", "2");
        assertThat(kv.show(ALL, 0)).containsExactly("a=3 c2 m8 v3", "c=2 c9 m9 v1");
    }

    @Test
    void aFreshStoreCanBeCompactedAtZeroOnce() throws RevisionException {
        assertFails(Kind.COMPACTED, () -> kv.startCompaction(-1));
        kv.compact(0);
        assertFails(Kind.COMPACTED, () -> kv.startCompaction(0));
        kv.compact(1);
        assertThat(kv.store.currentRevision()).isOne();
        assertThat(kv.store.compactionsDone().toCompletableFuture()).isCompleted();
    }

    @Test
    void theRevisionSurvivesTheCompactionOfEverything() throws RevisionException {
        kv.put("a", "1");
        kv.delete("a");
        kv.put("b", "1");
        kv.delete("b");
        kv.compact(5);
        assertThat(kv.records()).containsExactly("5.0t");
        kv.put("x", "");
        kv.delete("x");
        kv.compact(7);
        assertThat(kv.records()).containsExactly("7.0t");
        reopen();
        assertThat(kv.store.currentRevision()).isEqualTo(7);
        assertThat(kv.put("a", "1")).isEqualTo(8);
    }

    @Test
    void keysAndValuesMayBeEmptyOrLarge() throws RevisionException {
        String large = "k".repeat(100 << 10);
        kv.put("", "empty key");
        kv.put(large, "large key");
        kv.put(large + "x", "v".repeat(1 << 20));
        kv.put(large, "");
        for (int round = 0; round < 2; round++) {
            assertThat(kv.show(range("", ""), 0)).containsExactly("=empty key c2 m2 v1");
            assertThat(kv.show(range(large, ""), 0)).containsExactly(large + "= c3 m5 v2");
            assertThat(kv.read(range(large + "x", ""), 0)
                            .kvs()
                            .get(0)
                            .decode()
                            .getValue()
                            .size())
                    .isEqualTo(1 << 20);
            assertThat(kv.read(range("", "\0"), 0).count()).isEqualTo(3);
            reopen();
        }
        kv.compact(5);
        assertThat(kv.records()).containsExactly("2.0", "4.0", "5.0");
    }

    @Test
    void sizesGrowWithTheData() {
        long before = kv.store.sizeBytes();
        kv.put("a", "v".repeat(1 << 20));
        assertThat(kv.store.sizeBytes()).isGreaterThanOrEqualTo(before + (1 << 20));
        kv.backend.commit().toCompletableFuture().join();
        assertThat(kv.store.sizeBytes()).isGreaterThanOrEqualTo(before + (1 << 20));
        assertThat(kv.store.sizeInUseBytes()).isBetween(1L << 20, kv.store.sizeBytes());
    }

    @Test
    void closesTwice() {
        kv.close();
        kv.close();
        assertThatThrownBy(() -> kv.put("a", "b")).isInstanceOf(IllegalStateException.class);
    }
}
