package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JraftNodeTest {
    private static final long MEMBER = 0x8e9e05c52164694dL;

    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    static RaftConfig config(Path directory, TestMachine machine, long snapshotCount) {
        return new RaftConfig(
                MEMBER,
                0xcdf818194e3a8c32L,
                List.of(MEMBER),
                directory,
                1000,
                100,
                snapshotCount,
                snapshotCount / 2,
                machine.appliedIndex,
                machine.appliedTerm,
                false);
    }

    private RaftNode start() throws Exception {
        machine.restart();
        RaftNode node = RaftNode.start(config(directory, machine, 10_000), machine);
        machine.awaitLeading();
        return node;
    }

    @Test
    void anEntryIsAppliedAndSurvivesARestart() throws Exception {
        long began = System.nanoTime();
        try (RaftNode node = start()) {
            System.out.printf("ready after %.1f ms%n", (System.nanoTime() - began) / 1e6);
            for (int i = 0; i < 10; i++) {
                machine.put(node);
            }
            assertThat(node.term()).isEqualTo(1);
            assertThat(node.leaderId()).isEqualTo(MEMBER);
            assertThat(node.isLeader()).isTrue();
            assertThat(node.committedIndex()).isEqualTo(machine.appliedIndex);
        }
        assertThat(machine.events)
                .containsExactly("leader " + MEMBER + " in 1", "started 1", "stopped", "leader 0 in 1");

        began = System.nanoTime();
        try (RaftNode node = start()) {
            System.out.printf("ready again after %.1f ms%n", (System.nanoTime() - began) / 1e6);
            machine.put(node);
            assertThat(node.term()).isEqualTo(2);
        }
        assertThat(machine.replayed).hasValue(12);
        assertThat(machine.applied)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 11).boxed().toList());
        assertThat(machine.failures).hasValue(0);
    }

    @Test
    void throughput() throws Exception {
        try (RaftNode node = start()) {
            for (int window : List.of(1, 100, 1000, 1, 100, 1000)) {
                measure(node, window, window == 1 ? 5_000 : 200_000);
            }
        }
    }

    private void measure(RaftNode node, int window, int count) throws Exception {
        List<CompletableFuture<Long>> ring = new ArrayList<>();
        long[] nanos = new long[count];
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            if (ring.size() >= window) {
                ring.get(i % window).get(20, TimeUnit.SECONDS);
            }
            long at = System.nanoTime();
            int n = i;
            CompletableFuture<Long> put = machine.propose(node, 256);
            var unused = put.whenComplete((index, e) -> nanos[n] = System.nanoTime() - at);
            if (ring.size() < window) {
                ring.add(put);
            } else {
                ring.set(i % window, put);
            }
        }
        CompletableFuture.allOf(ring.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - began) / 1e9;
        java.util.Arrays.sort(nanos);
        System.out.printf(
                "%d in flight: %.0f proposals/s, p50 %.3f ms, p99 %.3f ms%n",
                window, count / seconds, nanos[count / 2] / 1e6, nanos[(int) (count * 0.99)] / 1e6);
    }
}
