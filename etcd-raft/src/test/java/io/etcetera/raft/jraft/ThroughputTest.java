package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.RaftNode;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prints what a voter manages alone, with every write synced. A figure to read, not a limit: machines differ. */
class ThroughputTest {
    private static final int ENTRY_BYTES = 256;

    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    @ParameterizedTest
    @CsvSource({"1, 3000", "100, 100000", "1000, 300000"})
    void measure(int inFlight, int count) throws Exception {
        AtomicLong syncs = new AtomicLong();
        try (RaftNode node = Members.start(
                Members.config(directory, machine),
                machine,
                (writeNanos, syncNanos, bytes) -> syncs.incrementAndGet())) {
            run(node, inFlight, count / 5);
            syncs.set(0);
            long[] nanos = run(node, inFlight, count);
            Arrays.sort(nanos, 0, count);
            System.out.printf(
                    "%d in flight: %.0f proposals/s, p50 %.0f us, p99 %.0f us, %.1f entries a sync%n",
                    inFlight,
                    count * 1e9 / nanos[count],
                    nanos[count / 2] / 1e3,
                    nanos[count / 100 * 99] / 1e3,
                    (double) count / syncs.get());
        }
        assertThat(machine.failures).hasValue(0);
    }

    /** Latency of each proposal, and as the last one, the whole time. */
    private long[] run(RaftNode node, int inFlight, int count) throws Exception {
        long[] nanos = new long[count + 1];
        ArrayDeque<CompletableFuture<Void>> window = new ArrayDeque<>();
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (window.size() == inFlight) {
                window.remove().get(30, TimeUnit.SECONDS);
            }
            int n = i;
            long at = System.nanoTime();
            window.add(machine.propose(node, ENTRY_BYTES).thenAccept(index -> nanos[n] = System.nanoTime() - at));
        }
        while (!window.isEmpty()) {
            window.remove().get(30, TimeUnit.SECONDS);
        }
        nanos[count] = System.nanoTime() - began;
        return nanos;
    }
}
