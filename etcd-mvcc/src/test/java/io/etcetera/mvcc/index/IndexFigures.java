package io.etcetera.mvcc.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import io.etcetera.mvcc.KeyRange;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * Measures what the index costs: memory for each key, and CPU time and garbage for each operation. Run by hand, with the
 * number of keys (or of revisions) and one of sequential, namespaced, random, hot; it measures twice, the second time
 * warm.
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
        int count = Integer.parseInt(args[0]);
        for (int round = 0; round < 2; round++) {
            switch (args[1]) {
                case "sequential" -> measure("48-byte sequential keys", count, IndexFigures::sequentialKey);
                case "namespaced" -> measure("48-byte keys in 1000 namespaces", count, IndexFigures::namespacedKey);
                case "random" -> measure("32-byte random keys", count, IndexFigures::randomKey);
                case "hot" -> measureHistory(count);
                default -> throw new IllegalArgumentException(args[1]);
            }
        }
    }

    private static void measure(String name, int count, Keys keys) {
        byte[][] all = new byte[count][];
        Arrays.setAll(all, keys::key);
        byte[][] probes = new Random(7)
                .ints(PROBES, 0, count)
                .mapToObj(i -> all[i].clone())
                .toArray(byte[][]::new);
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
                index.put(probes[i], from + i, 0);
                index.publish();
            });
        }
        measureReads(index.published(), probes, count);
        timeEach("compact", count, () -> {
            byte[] next = null;
            do {
                next = index.compact(Long.MAX_VALUE, next, 1000);
                index.publish();
            } while (next != null);
        });
        System.out.printf(
                "  %-32s %8.1f bytes a key, %d leaves of at most %d bytes%n",
                "memory after compaction",
                (usedBytes() - before) / (double) count,
                TreeChecks.leaves(index.published()),
                Leaf.MAX_PAGE_BYTES);
        require(index.liveKeys() == all.length);
    }

    private static void measureReads(KeyIndex.View view, byte[][] probes, int count) {
        long loaded = count + 2L;
        IndexEntry entry = new IndexEntry();
        for (int repeat = 0; repeat < 2; repeat++) {
            time("get", PROBES, i -> require(view.get(probes[i], Long.MAX_VALUE, entry)));
            time("get at an old revision", PROBES, i -> require(view.get(probes[i], loaded, entry)));
        }
        for (int repeat = 0; repeat < 3; repeat++) {
            timeEach("scan", count, () -> view.range(EVERYTHING, Long.MAX_VALUE, key -> key.modMain() > 0));
            timeEach("scan at an old revision", count, () -> view.range(EVERYTHING, loaded, key -> true));
        }
    }

    private static void measureHistory(int revisions) {
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
        // The serial collector moves everything together, leaving no dead objects, only each fourth time.
        for (int i = 0; i < 4; i++) {
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
