package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.wal.WalListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JraftNodeTest {
    private static final int PROPOSERS = 4;
    private static final int PROPOSALS_EACH = 2_500;
    private static final int CYCLES = 50;

    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    @Test
    void entriesAreAppliedAndSurviveARestart() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            for (int i = 0; i < 10; i++) {
                machine.put(node);
            }
            assertThat(node.term()).isEqualTo(1);
            assertThat(node.leaderId()).isEqualTo(Members.ID);
            assertThat(node.isLeader()).isTrue();
            assertThat(node.committedIndex()).isEqualTo(machine.appliedIndex);
        }
        assertThat(machine.events)
                .containsExactly("leader " + Members.ID + " in 1", "started 1", "stopped", "leader 0 in 1");

        try (RaftNode node = Members.start(directory, machine)) {
            machine.put(node);
            assertThat(node.term()).isEqualTo(2);
        }
        // A configuration and an empty entry begin each term, and all of the first term came again.
        assertThat(machine.replayed).hasValue(12);
        assertThat(machine.applied)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 11).boxed().toList());
        assertThat(machine.failures).hasValue(0);
    }

    @Test
    void aStateMachineThatLostItsStateGetsEveryEntryAgain() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            for (int i = 0; i < 100; i++) {
                machine.put(node);
            }
        }
        TestMachine empty = new TestMachine();
        try (RaftNode node = Members.start(directory, empty)) {
            assertThat(node.isLeader()).isTrue();
        }
        assertThat(empty.applied).isEqualTo(machine.applied);
    }

    @Test
    void proposalsOfManyThreadsAreAppliedOnceAndInTheOrderOfEach() throws Exception {
        List<CompletableFuture<Long>> all = Collections.synchronizedList(new ArrayList<>());
        try (RaftNode node = Members.start(directory, machine)) {
            List<Thread> proposers = new ArrayList<>();
            List<List<CompletableFuture<Long>>> ofEach = new ArrayList<>();
            for (int i = 0; i < PROPOSERS; i++) {
                List<CompletableFuture<Long>> mine = new ArrayList<>();
                ofEach.add(mine);
                proposers.add(new Thread(() -> {
                    for (int n = 0; n < PROPOSALS_EACH; n++) {
                        mine.add(machine.propose(node, 64));
                    }
                    all.addAll(mine);
                }));
            }
            proposers.forEach(Thread::start);
            for (Thread proposer : proposers) {
                proposer.join();
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
            for (List<CompletableFuture<Long>> mine : ofEach) {
                assertThat(mine.stream().map(CompletableFuture::join).toList()).isSorted();
            }
        }
        assertThat(machine.applied).hasSize(PROPOSERS * PROPOSALS_EACH).doesNotHaveDuplicates();
        assertThat(machine.applyCalls.get()).isLessThan(PROPOSERS * PROPOSALS_EACH / 2);
    }

    @Test
    void closingAnswersEveryProposal() throws Exception {
        List<CompletableFuture<Long>> proposals = Collections.synchronizedList(new ArrayList<>());
        RaftNode node = Members.start(directory, machine);
        Thread proposer = new Thread(() -> {
            CompletableFuture<Long> last;
            do {
                last = machine.propose(node, 64);
                proposals.add(last);
            } while (!isRefusedAs(last, Kind.STOPPED));
        });
        proposer.start();
        while (proposals.size() < 1_000) {
            Thread.onSpinWait();
        }
        node.close();
        proposer.join();

        assertThat(proposals).allMatch(CompletableFuture::isDone);
        assertThat(node.isLeader()).isFalse();
        assertThat(node.leaderId()).isZero();
        node.close();
    }

    private static boolean isRefusedAs(CompletableFuture<Long> proposal, Kind kind) {
        if (!proposal.isCompletedExceptionally()) {
            return false;
        }
        try {
            proposal.get();
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof RaftException cause && cause.kind() == kind;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFullQueueRefusesAndBlocksNobody() throws Exception {
        List<CompletableFuture<Long>> proposals = new ArrayList<>();
        AtomicBoolean hangs = new AtomicBoolean();
        CountDownLatch disk = new CountDownLatch(1);
        // Else a fast disk may keep up with whoever proposes.
        WalListener slow = (writeNanos, syncNanos, bytes) -> awaitIf(hangs, disk);
        try (RaftNode node = Members.start(Members.config(directory, machine), machine, slow)) {
            hangs.set(true);
            try {
                proposeUntilRefused(node, proposals);
            } finally {
                disk.countDown();
            }
            CompletableFuture.allOf(proposals.toArray(CompletableFuture[]::new))
                    .handle((done, e) -> true)
                    .get(5, TimeUnit.MINUTES);
            putWhenThereIsRoom(node);
        }
        assertThat(proposals).anyMatch(proposal -> isRefusedAs(proposal, Kind.BUSY));
        assertThat(proposals).allMatch(p -> !p.isCompletedExceptionally() || isRefusedAs(p, Kind.BUSY));
        assertThat(machine.failures).hasValue(0);
    }

    private void proposeUntilRefused(RaftNode node, List<CompletableFuture<Long>> proposals) {
        int large = 1 << 15; // the queue times this fits into the heap
        do {
            proposals.add(machine.propose(node, large));
        } while (!isRefusedAs(proposals.get(Math.max(0, proposals.size() - 1_000)), Kind.BUSY)
                && proposals.size() < 20_000);
    }

    /** The places of entries in the queue are free when all that were written together are, which is after they have been answered. */
    private void putWhenThereIsRoom(RaftNode node) throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        CompletableFuture<Long> put;
        do {
            put = machine.propose(node, 64);
            put.handle((index, e) -> true).get(5, TimeUnit.MINUTES);
        } while (isRefusedAs(put, Kind.BUSY) && System.nanoTime() < end);
        put.get();
    }

    private static void awaitIf(AtomicBoolean wanted, CountDownLatch latch) {
        try {
            if (wanted.get()) {
                latch.await();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aProposalWithoutDataIsAProgrammingError() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            assertThatThrownBy(() -> node.propose(new io.etcetera.raft.Proposal() {
                        @Override
                        public byte[] data() {
                            return new byte[0];
                        }

                        @Override
                        public void failed(RaftException cause) {
                            throw new AssertionError(cause);
                        }
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aMemberRunsOnceInAProcess() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            assertThatThrownBy(() -> Members.start(directory.resolve("other"), new TestMachine()))
                    .isInstanceOf(RaftException.class)
                    .hasMessageContaining("runs in this process already");
            machine.put(node);
        }
    }

    @Test
    void membersOfTwoClustersRunSideBySide() throws Exception {
        TestMachine other = new TestMachine();
        try (RaftNode first = Members.start(Members.config(directory.resolve("a"), machine, 1, 1_000), machine);
                RaftNode second = Members.start(Members.config(directory.resolve("b"), other, 2, 1_000), other)) {
            for (int i = 0; i < 10; i++) {
                machine.put(first);
                other.put(second);
                other.put(second);
            }
        }
        assertThat(machine.applied).hasSize(10);
        assertThat(other.applied).hasSize(20);
    }

    @Test
    void startingAndStoppingLeavesNoThreadsBehind() throws Exception {
        cycle();
        var before = new HashSet<>(Thread.getAllStackTraces().keySet());
        for (int i = 0; i < CYCLES; i++) {
            cycle();
        }
        var after = new HashSet<>(Thread.getAllStackTraces().keySet());
        after.removeAll(before);
        // Pool threads that have finished may need a moment to end.
        for (Thread thread : after) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        }
        assertThat(after).noneMatch(Thread::isAlive);
        assertThat(machine.applied).hasSize(CYCLES + 1);
    }

    private void cycle() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            machine.put(node);
        }
    }

    @Test
    void theEngineParsesNoMessageThatProtobufWarnsOf() throws Exception {
        List<LogRecord> warnings = Collections.synchronizedList(new ArrayList<>());
        Handler recorder = new Handler() {
            @Override
            public void publish(LogRecord record) {
                warnings.add(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger protobuf = Logger.getLogger("com.google.protobuf");
        protobuf.addHandler(recorder);
        try {
            for (int i = 0; i < 2; i++) {
                try (RaftNode node = Members.start(Members.config(directory, machine, 3, 10), machine)) {
                    for (int n = 0; n < 30; n++) {
                        machine.put(node);
                    }
                }
            }
        } finally {
            protobuf.removeHandler(recorder);
        }
        assertThat(warnings).isEmpty();
    }
}
