package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.backend.BackendOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories, seeded, hashed at every revision by a store and by a model. */
@Timeout(120)
class KvHashModelTest {
    private static final int STEPS = 150;
    private static final int TRANSACTIONS_BETWEEN_CHECKS = 8;

    private final Path file;

    KvHashModelTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void hashesAsTheModel(long seed) throws Exception {
        Random random = new Random(seed);
        // Few keys and many deletions: often none is alive, and compactions often hit a tombstone.
        int keys = 1 + random.nextInt(6);
        HashModel model = new HashModel();
        StoreFixture kv = open(random);
        try {
            for (int step = 0; step < STEPS; step++) {
                String context = "seed " + seed + ", step " + step;
                for (int i = 0; i < TRANSACTIONS_BETWEEN_CHECKS; i++) {
                    transaction(kv, model, random, keys);
                }
                if (random.nextInt(3) == 0) {
                    compact(kv, model, random);
                }
                if (random.nextInt(20) == 0) {
                    kv.close();
                    kv = open(random);
                    model.restart();
                }
                check(kv, model, context);
            }
        } finally {
            kv.close();
        }
    }

    private StoreFixture open(Random random) {
        BackendOptions backend = BackendOptions.DEFAULT
                .withFsync(false)
                .withBatch(Duration.ofMillis(1 + random.nextInt(5)), 1 + random.nextInt(50));
        return new StoreFixture(
                file, backend, KvStoreOptions.DEFAULT.withCompaction(1 + random.nextInt(20), Duration.ZERO));
    }

    private static void transaction(StoreFixture kv, HashModel model, Random random, int keys) {
        int changes = 1 + random.nextInt(3);
        kv.write(txn -> {
            for (int i = 0; i < changes; i++) {
                String key = "k" + random.nextInt(keys);
                if (random.nextInt(5) < 2) {
                    String value = "v".repeat(random.nextInt(10) == 0 ? 20_000 : 3) + random.nextInt(1_000);
                    long lease = random.nextInt(4);
                    txn.put(bytes(key), bytes(value), lease);
                    model.put(key, value, lease);
                } else {
                    txn.delete(KeyRange.single(bytes(key)));
                    model.delete(key);
                }
            }
            return txn.revision();
        });
        model.end();
    }

    private static void compact(StoreFixture kv, HashModel model, Random random) throws Exception {
        long from = Math.max(model.compacted(), 0) + 1;
        if (from > model.current()) {
            return;
        }
        long revision = from + random.nextLong(model.current() - from + 1);
        kv.compact(revision);
        model.compact(revision);
    }

    private static void check(StoreFixture kv, HashModel model, String context) throws Exception {
        TreeSet<Long> revisions = new TreeSet<>(model.remembered());
        revisions.add(0L);
        for (long revision = Math.max(model.compacted(), 0); revision <= model.current(); revision++) {
            revisions.add(revision);
        }
        for (long revision : revisions) {
            assertThat(kv.store.hash(revision))
                    .as("%s, revision %d", context, revision)
                    .isEqualTo(new KvHashResult(model.hash(revision), model.current()));
        }
        assertThatThrownBy(() -> kv.store.hash(model.current() + 1))
                .as(context)
                .isInstanceOfSatisfying(
                        RevisionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FUTURE));
        long old = model.compacted() - 1;
        if (old > 0 && !model.remembered().contains(old)) {
            assertThatThrownBy(() -> kv.store.hash(old))
                    .as(context)
                    .isInstanceOfSatisfying(
                            RevisionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.COMPACTED));
        }
    }
}
