package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Measures appends of 256-byte entries with real syncs, and opening. Run by hand with a directory on the disk in
 * question, which must not exist yet: {@code WalBenchmark <directory>}.
 */
final class WalBenchmark {
    private static final int ENTRY_BYTES = 256;

    private WalBenchmark() {}

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        if (Files.exists(directory)) {
            throw new IllegalArgumentException(directory + " exists");
        }
        long start = MonotonicClock.nanoTime();
        WriteAheadLog log = WriteAheadLog.open(directory, WalOptions.defaults());
        report("open, empty directory", MonotonicClock.nanoTime() - start);
        for (int round = 1; round <= 3; round++) {
            measure(log, 1, 5_000);
            measure(log, 100, 5_000);
            measure(log, 1_000, 500);
        }
        long entries = log.lastIndex();
        start = MonotonicClock.nanoTime();
        log.close();
        report("close", MonotonicClock.nanoTime() - start);
        start = MonotonicClock.nanoTime();
        try (WriteAheadLog reopened = WriteAheadLog.open(directory, WalOptions.defaults())) {
            report("open, " + entries + " entries", MonotonicClock.nanoTime() - start);
            start = MonotonicClock.nanoTime();
            for (long index = reopened.firstIndex(); index <= 100_000; index++) {
                reopened.read(index);
            }
            report("read of 100000 entries", MonotonicClock.nanoTime() - start);
        }
    }

    private static void measure(WriteAheadLog log, int batch, int batches) throws IOException {
        long[] nanos = new long[batches];
        long begin = MonotonicClock.nanoTime();
        for (int i = 0; i < batches; i++) {
            List<WalEntry> entries = WalTesting.entries(log.lastIndex() + 1, log.lastIndex() + batch, ENTRY_BYTES);
            long start = MonotonicClock.nanoTime();
            log.append(entries);
            nanos[i] = MonotonicClock.nanoTime() - start;
        }
        long total = Arrays.stream(nanos).sum();
        long wall = MonotonicClock.nanoTime() - begin;
        Arrays.sort(nanos);
        System.out.printf(
                "%4d a batch: p50 %6.1f us, p99 %7.1f us, max %8.1f us, %8.0f entries/s in append, %8.0f in all%n",
                batch,
                nanos[batches / 2] / 1e3,
                nanos[batches * 99 / 100] / 1e3,
                nanos[batches - 1] / 1e3,
                (double) batch * batches * 1e9 / total,
                (double) batch * batches * 1e9 / wall);
    }

    private static void report(String what, long nanos) {
        System.out.printf("%s: %.1f ms%n", what, nanos / 1e6);
    }
}
