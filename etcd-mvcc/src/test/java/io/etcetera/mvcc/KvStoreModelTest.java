package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.anySize;
import static io.etcetera.mvcc.StoreFixture.bytes;
import static io.etcetera.mvcc.StoreFixture.range;
import static io.etcetera.mvcc.StoreFixture.show;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.mvcc.backend.BackendOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations, seeded, on a store and on a model of it. */
@Timeout(120)
class KvStoreModelTest {
    private static final int STEPS = 3_000;

    private final Path file;

    KvStoreModelTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void behavesAsTheModel(long seed) throws RevisionException {
        Random random = new Random(seed);
        StoreModel model = new StoreModel();
        int keys = 1 << (2 + random.nextInt(6));
        StoreFixture kv = open(random);
        try {
            for (int step = 0; step < STEPS; step++) {
                String context = "seed " + seed + ", step " + step;
                int choice = random.nextInt(100);
                if (choice < 60) {
                    transaction(kv, model, random, keys, context);
                } else if (choice < 95) {
                    read(kv, model, random, keys, context);
                } else if (choice < 98) {
                    compact(kv, model, random);
                } else {
                    if (random.nextBoolean()) {
                        kv.store.compactionsDone().toCompletableFuture().join();
                    }
                    kv.close();
                    kv = open(random);
                }
                assertThat(kv.store.currentRevision()).as(context).isEqualTo(model.current());
                assertThat(kv.store.compactRevision()).as(context).isEqualTo(model.compacted());
                assertThat(kv.leases.all()).as(context).isEqualTo(model.leases());
            }
        } finally {
            kv.close();
        }
    }

    /** Batches of all sizes, so that records are found in either buffer and on disk. */
    private StoreFixture open(Random random) {
        BackendOptions backend = BackendOptions.DEFAULT
                .withFsync(false)
                .withBatch(Duration.ofMillis(1 + random.nextInt(5)), 1 + random.nextInt(50));
        KvStoreOptions options = KvStoreOptions.DEFAULT.withCompaction(1 + random.nextInt(20), Duration.ZERO);
        return new StoreFixture(file, backend, options);
    }

    private static String key(Random random, int keys) {
        return "k" + (char) ('0' + random.nextInt(keys));
    }

    private static String end(Random random, int keys) {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> random.nextInt(5) == 0 ? "\0" : "";
            default -> key(random, keys);
        };
    }

    private static void transaction(StoreFixture kv, StoreModel model, Random random, int keys, String context) {
        int changes = random.nextInt(5) == 0 ? random.nextInt(6) : 1;
        kv.write(txn -> {
            for (int i = 0; i < changes; i++) {
                String key = key(random, keys);
                if (random.nextInt(4) > 0) {
                    String value = anySize("v" + random.nextInt(1_000), random);
                    long lease = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
                    txn.put(bytes(key), bytes(value), lease);
                    model.put(key, value, lease);
                } else {
                    String end = end(random, keys);
                    assertThat(txn.delete(range(key, end))).as(context).isEqualTo(model.delete(key, end));
                }
                String from = key(random, keys);
                String to = end(random, keys);
                assertThat(show(txn.range(range(from, to), RangeOptions.CURRENT)))
                        .as(context)
                        .isEqualTo(model.show(from, to, 0));
            }
            return txn.revision();
        });
        model.end();
    }

    private static void read(StoreFixture kv, StoreModel model, Random random, int keys, String context)
            throws RevisionException {
        String from = key(random, keys);
        String to = end(random, keys);
        long revision = random.nextInt(3) == 0 ? 0 : random.nextLong(model.current() + 3);
        if (revision > model.current() || (revision > 0 && revision < model.compacted())) {
            assertThatThrownBy(() -> kv.read(range(from, to), revision))
                    .as(context)
                    .isInstanceOf(RevisionException.class);
            return;
        }
        assertThat(kv.show(range(from, to), revision)).as(context).isEqualTo(model.show(from, to, revision));
        int limit = 1 + random.nextInt(4);
        RangeResult some = kv.store.range(range(from, to), new RangeOptions(revision, limit, false, false));
        var all = model.show(from, to, revision);
        assertThat(some.count()).as(context).isEqualTo(all.size());
        assertThat(show(some)).as(context).isEqualTo(all.subList(0, Math.min(limit, all.size())));
    }

    private static void compact(StoreFixture kv, StoreModel model, Random random) throws RevisionException {
        long revision = Math.max(model.compacted(), 0) + random.nextLong(20);
        if (revision > model.compacted() && revision <= model.current()) {
            kv.startCompaction(revision);
            model.compact(revision);
        } else {
            assertThatThrownBy(() -> kv.startCompaction(revision)).isInstanceOf(RevisionException.class);
        }
    }
}
