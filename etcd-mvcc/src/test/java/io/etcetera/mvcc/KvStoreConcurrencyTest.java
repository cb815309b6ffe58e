package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.ALL;
import static io.etcetera.mvcc.StoreFixture.bytes;
import static io.etcetera.mvcc.StoreFixture.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.proto.mvccpb.KeyValue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers beside a writer that rewrites all keys in each transaction, with the same value: whoever sees two values at
 * one revision, or no value, has seen something torn or missing.
 */
@Timeout(120)
class KvStoreConcurrencyTest {
    private static final int KEYS = 20;
    private static final int TRANSACTIONS = 3_000;

    private final Path file;

    KvStoreConcurrencyTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    @Test
    void readersNeverSeeTornOrMissingData() throws Exception {
        BackendOptions busy = BackendOptions.DEFAULT.withFsync(false).withBatch(Duration.ofMillis(1), 200);
        KvStoreOptions options = KvStoreOptions.DEFAULT.withCompaction(50, Duration.ZERO);
        ExecutorService readers = Executors.newFixedThreadPool(3);
        AtomicBoolean done = new AtomicBoolean();
        List<Future<Long>> reads = new ArrayList<>();
        try (StoreFixture kv = new StoreFixture(file, busy, options)) {
            rewrite(kv, 2);
            for (int seed = 0; seed < 3; seed++) {
                Random random = new Random(seed);
                reads.add(readers.submit(() -> read(kv, random, done)));
            }
            for (long revision = 3; revision < TRANSACTIONS; revision++) {
                rewrite(kv, revision);
                if (revision % 50 == 0) {
                    kv.startCompaction(revision - 10);
                }
            }
            done.set(true);
            for (Future<Long> read : reads) {
                assertThat(read.get()).isPositive();
            }
            kv.store.compactionsDone().toCompletableFuture().join();
            assertThat(kv.records()).hasSizeLessThan(KEYS * 100);
        } finally {
            done.set(true);
            readers.shutdown();
        }
    }

    private static void rewrite(StoreFixture kv, long revision) {
        long written = kv.write(txn -> {
            for (int key = 0; key < KEYS; key++) {
                txn.put(bytes("k" + key), bytes("" + revision), 0);
            }
            return txn.revision();
        });
        assertThat(written).isEqualTo(revision);
    }

    private static long read(StoreFixture kv, Random random, AtomicBoolean done) {
        long served = 0;
        while (!done.get() || served == 0) {
            long revision = random.nextBoolean() ? 0 : Math.max(2, kv.store.currentRevision() - random.nextInt(30));
            try {
                if (random.nextBoolean()) {
                    RangeResult result = kv.read(ALL, revision);
                    assertThat(result.kvs()).hasSize(KEYS);
                    check(result, revision);
                } else {
                    RangeResult result = kv.read(range("k" + random.nextInt(KEYS), ""), revision);
                    assertThat(result.kvs()).hasSize(1);
                    check(result, revision);
                }
                served++;
            } catch (RevisionException e) {
                assertThat(e.kind()).isEqualTo(RevisionException.Kind.COMPACTED);
                assertThat(revision).isPositive().isLessThan(kv.store.compactRevision());
            }
        }
        return served;
    }

    private static void check(RangeResult result, long revision) {
        long at = revision > 0 ? revision : result.revision();
        for (StoredKeyValue stored : result.kvs()) {
            KeyValue kv = stored.decode();
            assertThat(kv.getModRevision()).isEqualTo(at).isEqualTo(stored.modRevision());
            assertThat(StoreFixture.text(kv.getValue())).isEqualTo("" + at);
            assertThat(kv.getVersion()).isEqualTo(at - 1);
        }
    }
}
