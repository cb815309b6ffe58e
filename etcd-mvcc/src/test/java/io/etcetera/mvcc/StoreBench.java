package io.etcetera.mvcc;

import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.revision.ReplaceableStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * Prints what the store costs in CPU time of the calling thread, to be compared with the floors of its parts. Not a test: run {@code main} with the number
 * of keys (1,000,000 if not given) and a directory on the disk to be measured.
 */
final class StoreBench {
    private static final int VALUE_BYTES = 1_024;
    private static final int READS = 2_000_000;

    private StoreBench() {}

    public static void main(String[] args) throws IOException, RevisionException {
        int keys = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path directory = args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("store-bench");
        Path file = directory.resolve("bench.mdb");
        Files.deleteIfExists(file);
        try (Backend backend = LmdbStore.open(file, BackendOptions.DEFAULT);
                KvStore store = ReplaceableStore.open(backend, new FakeLeases(), KvStoreOptions.DEFAULT)) {
            for (int round = 0; round < 3; round++) {
                fill(backend, store, keys, round);
            }
            for (int round = 0; round < 3; round++) {
                read(store, keys, round);
            }
            list(store);
            compact(backend, store);
            System.out.printf(
                    Locale.ROOT, "file %d MB, in use %d MB%n", store.sizeBytes() >> 20, store.sizeInUseBytes() >> 20);
        }
        for (int round = 0; round < 4; round++) {
            restore(file);
        }
    }

    /** CPU time of this thread, which a busy machine distorts less than the time of day. */
    private static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static byte[] key(int number) {
        String text = String.format(Locale.ROOT, "/registry/pods/namespace-%03d/pod-%018d", number % 1_000, number);
        return StoreFixture.bytes(text);
    }

    private static void fill(Backend backend, KvStore store, int keys, int round) {
        byte[][] all = new byte[keys][];
        for (int i = 0; i < keys; i++) {
            all[i] = key(i);
        }
        int puts = round == 0 ? keys : keys / 5;
        byte[] value = new byte[VALUE_BYTES];
        new Random(round).nextBytes(value);
        long begin = now();
        for (int i = 0; i < puts; i++) {
            backend.beginEntry();
            try (WriteTxn txn = store.write()) {
                txn.put(all[i], value.clone(), 0);
            }
            backend.endEntry(backend.consistentIndex() + 1, 1);
        }
        long written = now();
        backend.commit().toCompletableFuture().join();
        print("put of " + all[0].length + " B + " + VALUE_BYTES + " B through WriteTxn", begin, written, puts);
    }

    private static void read(KvStore store, int keys, int seed) throws RevisionException {
        Random random = new Random(seed);
        byte[][] some = new byte[100_000][];
        for (int i = 0; i < some.length; i++) {
            some[i] = key(random.nextInt(keys));
        }
        long found = 0;
        long begin = now();
        for (int i = 0; i < READS; i++) {
            found += store.range(KeyRange.single(some[i % some.length]), RangeOptions.CURRENT)
                    .count();
        }
        print("point read" + (found == READS ? "" : " (MISSING KEYS)"), begin, now(), READS);
    }

    private static void list(KvStore store) throws RevisionException {
        for (int round = 0; round < 3; round++) {
            long begin = now();
            int found = 0;
            for (int i = 0; i < 100; i++) {
                found += store.range(
                                StoreFixture.range("/registry/pods/namespace-" + (100 + i), "\0"),
                                new RangeOptions(0, 1_000, false, false))
                        .kvs()
                        .size();
            }
            print("record of a range of 1000", begin, now(), found);
        }
    }

    private static void compact(Backend backend, KvStore store) throws RevisionException {
        long revision = store.currentRevision();
        long begin = now();
        backend.beginEntry();
        var done = store.compact(revision);
        backend.endEntry();
        done.toCompletableFuture().join();
        print("compaction, pauses included, a revision", begin, now(), (int) revision);
    }

    private static void restore(Path file) {
        long begin = now();
        try (Backend backend = LmdbStore.open(file, BackendOptions.DEFAULT)) {
            long opened = now();
            try (KvStore store = ReplaceableStore.open(backend, new FakeLeases(), KvStoreOptions.DEFAULT)) {
                System.out.printf(
                        Locale.ROOT,
                        "restore: open and check %d ms, load %d ms, revision %d%n",
                        (opened - begin) / 1_000_000,
                        (now() - opened) / 1_000_000,
                        store.currentRevision());
            }
        }
    }

    private static void print(String what, long begin, long end, int count) {
        System.out.printf(
                Locale.ROOT,
                "%s: %.2f us (%d in %d ms)%n",
                what,
                (end - begin) / 1e3 / count,
                count,
                (end - begin) / 1_000_000);
    }
}
