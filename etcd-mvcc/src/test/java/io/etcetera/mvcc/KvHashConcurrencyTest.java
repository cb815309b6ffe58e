package io.etcetera.mvcc;

import static io.etcetera.mvcc.StoreFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.backend.BackendOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hashes at one revision beside a writer and compactions below that revision. The answer follows from the compact
 * revision that it names, whatever was written or half deleted at the time.
 */
@Timeout(120)
class KvHashConcurrencyTest {
    private static final int KEYS = 50;
    private static final int OLD_REVISIONS = 2_000;
    private static final int COMPACTION_STEP = 100;
    private static final int MIN_HASHES_EACH = 20;
    private static final int HASHERS = 2;

    private final Path file;

    KvHashConcurrencyTest(@TempDir Path directory) {
        file = directory.resolve("store.mdb");
    }

    @Test
    void writersAndCompactionsDoNotShow() throws Exception {
        BackendOptions busy = BackendOptions.DEFAULT.withFsync(false).withBatch(Duration.ofMillis(1), 50);
        KvStoreOptions slow = KvStoreOptions.DEFAULT.withCompaction(20, Duration.ofMillis(1));
        ExecutorService hashers = Executors.newFixedThreadPool(HASHERS);
        AtomicIntegerArray made = new AtomicIntegerArray(HASHERS);
        AtomicBoolean done = new AtomicBoolean();
        HashModel model = new HashModel();
        Random random = new Random(1);
        try (StoreFixture kv = new StoreFixture(file, busy, slow)) {
            while (model.current() < OLD_REVISIONS) {
                change(kv, model, random);
            }
            long revision = kv.store.currentRevision();
            List<Future<Set<Long>>> runs = new ArrayList<>();
            for (int i = 0; i < HASHERS; i++) {
                int number = i;
                runs.add(hashers.submit(() -> hash(kv, model, revision, done, () -> made.incrementAndGet(number))));
            }
            HashModel ignored = new HashModel();
            for (long compacted = COMPACTION_STEP; compacted < revision; compacted += COMPACTION_STEP) {
                var compaction = kv.startCompaction(compacted).toCompletableFuture();
                for (int i = 0; i < HASHERS; i++) {
                    int before = made.get(i);
                    // However slow it is, each sees several compactions.
                    while (!compaction.isDone()
                            || (made.get(i) == before && !runs.get(i).isDone())) {
                        change(kv, ignored, random);
                    }
                }
                compaction.join();
            }
            done.set(true);
            for (Future<Set<Long>> run : runs) {
                assertThat(run.get()).as("compact revisions seen").hasSizeGreaterThan(2);
            }
        } finally {
            done.set(true);
            hashers.shutdown();
        }
    }

    private static void change(StoreFixture kv, HashModel model, Random random) {
        String key = "k" + random.nextInt(KEYS);
        kv.write(txn -> {
            if (random.nextInt(3) > 0) {
                String value = "v" + random.nextInt();
                model.put(key, value, 0);
                return txn.put(bytes(key), bytes(value), 0);
            }
            model.delete(key);
            return txn.delete(KeyRange.single(bytes(key)));
        });
        model.end();
    }

    /** The compact revisions under which hashes were made. */
    private static Set<Long> hash(StoreFixture kv, HashModel model, long revision, AtomicBoolean done, Runnable onHash)
            throws Exception {
        Set<Long> seen = new TreeSet<>();
        for (int i = 0; i < MIN_HASHES_EACH || !done.get(); i++) {
            KvHash hash = kv.store.hash(revision).hash();
            assertThat(hash).isEqualTo(model.hashAfter(hash.compactRevision(), revision));
            seen.add(hash.compactRevision());
            onHash.run();
        }
        return seen;
    }
}
