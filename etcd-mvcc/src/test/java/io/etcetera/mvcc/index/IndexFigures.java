package io.etcetera.mvcc.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import io.etcetera.mvcc.KeyRange;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * Measures what the index costs: memory for each key, and CPU time and garbage for each operation. Run by hand; the
 * argument is the number of keys.
 */
public final class IndexFigures {
    private static final KeyRange EVERYTHING = KeyRange.of(new byte[] {0}, new byte[] {0});
    private static final int PROBES = 200_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Keys {
        byte[] key(int i);
    }

    private interface Operation {
        void run(int i);
    }

    private IndexFigures() {}

    public static void main(String[] args) {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        for (int round = 0; round < 2; round++) {
            measure("48-byte sequential keys", count, IndexFigures::sequentialKey);
            measure("48-byte keys in 1000 namespaces", count, IndexFigures::namespacedKey);
            measure("32-byte random keys", count, IndexFigures::randomKey);
        }
        measureHistory();
    }

    private static void measure(String name, int count, Keys keys) {
        byte[][] all = new byte[count][];
        Arrays.setAll(all, keys::key);
        int[] probes = new Random(7).ints(PROBES, 0, count).toArray();
        long before = usedBytes();
        KeyIndex index = new KeyIndex();
        System.out.println(name);
        time("insert and publish", count, i -> {
            index.put(all[i], i + 2L, 0);
            index.publish();
        });
        System.out.printf("  %-32s %8.1f bytes a key%n", "memory", (usedBytes() - before) / (double) count);
        long loaded = count + 2L;
        for (int repeat = 0; repeat < 2; repeat++) {
            long from = loaded + repeat * (long) PROBES;
            time("overwrite and publish", PROBES, i -> {
                index.put(all[probes[i]], from + i, 0);
                index.publish();
            });
        }
        KeyIndex.View view = index.published();
        IndexEntry entry = new IndexEntry();
        for (int repeat = 0; repeat < 2; repeat++) {
            time("get", PROBES, i -> require(view.get(all[probes[i]], Long.MAX_VALUE, entry)));
            time("get at an old revision", PROBES, i -> require(view.get(all[probes[i]], loaded, entry)));
        }
        for (int repeat = 0; repeat < 3; repeat++) {
            timeEach("scan", count, () -> view.range(EVERYTHING, Long.MAX_VALUE, key -> key.modMain() > 0));
            timeEach("scan at an old revision", count, () -> view.range(EVERYTHING, loaded, key -> true));
        }
        timeEach("compact", count, () -> {
            byte[] next = null;
            do {
                next = index.compact(Long.MAX_VALUE, next, 1000);
                index.publish();
            } while (next != null);
        });
        System.out.printf(
                "  %-32s %8.1f bytes a key, %d leaves of %d bytes%n",
                "memory after compaction",
                (usedBytes() - before) / (double) count,
                TreeChecks.leaves(index.published()),
                Leaf.MAX_PAGE_BYTES);
        require(view.liveKeys() == index.liveKeys());
    }

    private static void measureHistory() {
        int revisions = 1_000_000;
        byte[][] hot = new byte[10][];
        Arrays.setAll(hot, IndexFigures::sequentialKey);
        long before = usedBytes();
        KeyIndex index = new KeyIndex();
        System.out.println("10 hot keys");
        time("overwrite and publish", revisions, i -> {
            index.put(hot[i % hot.length], i + 2L, 0);
            index.publish();
        });
        System.out.printf("  %-32s %8.1f bytes a revision%n", "memory", (usedBytes() - before) / (double) revisions);
        IndexEntry entry = new IndexEntry();
        time(
                "get at an old revision",
                revisions,
                i -> require(index.published().get(hot[i % hot.length], 100 + i * 7919L % revisions, entry)));
    }

    private static void time(String name, int count, Operation operation) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long started = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < count; i++) {
            operation.run(i);
        }
        double nanos = (THREADS.getCurrentThreadCpuTime() - started) / (double) count;
        double bytes = (THREADS.getCurrentThreadAllocatedBytes() - allocated) / (double) count;
        System.out.printf("  %-32s %8.0f ns, %5.0f bytes allocated%n", name, nanos, bytes);
    }

    private static void timeEach(String name, int count, Runnable operation) {
        long started = THREADS.getCurrentThreadCpuTime();
        operation.run();
        double nanos = (THREADS.getCurrentThreadCpuTime() - started) / (double) count;
        System.out.printf("  %-32s %8.1f ns a key%n", name, nanos);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new AssertionError("wrong answer");
        }
    }

    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static byte[] sequentialKey(int i) {
        return String.format("/registry/some/common/prefix/of/many/keys/%06x", i)
                .getBytes(UTF_8);
    }

    private static byte[] namespacedKey(int i) {
        int mixed = i * 0x9E3779B1;
        return String.format(
                        "/registry/pods/namespace-%04d/pod-%08x-%05d", Math.floorMod(mixed, 1000), mixed, i % 99_999)
                .getBytes(UTF_8);
    }

    private static byte[] randomKey(int i) {
        byte[] key = new byte[32];
        new Random(i).nextBytes(key);
        return key;
    }
}
