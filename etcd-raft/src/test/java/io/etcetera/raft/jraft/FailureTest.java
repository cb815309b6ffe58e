package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
import io.etcetera.raft.wal.HardState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FailureTest {
    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    @Test
    void whenTheLogCannotBeWrittenNothingIsAcknowledgedAnyMore() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        try (RaftNode node =
                Members.start(Members.config(directory, machine), machine, (writeNanos, syncNanos, bytes) -> {
                    if (broken.get()) {
                        throw new IllegalStateException("injected");
                    }
                })) {
            machine.put(node);
            broken.set(true);
            List<CompletableFuture<Long>> lost = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                lost.add(machine.propose(node, 64));
            }
            assertThat(machine.failed.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.FATAL);
            for (CompletableFuture<Long> proposal : lost) {
                assertThat(TestMachine.kindOf(proposal)).isEqualTo(Kind.FATAL);
            }
            broken.set(false);
            assertThat(TestMachine.kindOf(machine.propose(node, 64))).isEqualTo(Kind.FATAL);
            assertThat(readIndex(node)).isEqualTo(Kind.FATAL);
        }
        // The first put, and none of those whose write failed.
        assertThat(machine.applied).containsExactly(1L);
        assertThat(machine.failures).hasValue(1);
    }

    @Test
    void anExceptionWhileApplyingEndsTheMember() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            machine.put(node);
            machine.onEntry = entries -> {
                throw new IllegalArgumentException("injected");
            };
            CompletableFuture<Long> proposal = machine.propose(node, 64);
            RaftException failed = machine.failed.get(20, TimeUnit.SECONDS);
            assertThat(failed.kind()).isEqualTo(Kind.FATAL);
            assertThat(failed).hasRootCauseMessage("injected");
            assertThat(TestMachine.kindOf(proposal)).isEqualTo(Kind.FATAL);
            machine.onEntry = null;
            long calls = machine.applyCalls.get();
            assertThat(TestMachine.kindOf(machine.propose(node, 64))).isEqualTo(Kind.FATAL);
            assertThat(machine.applyCalls).hasValue(calls);
        }
        assertThat(machine.failures).hasValue(1);
    }

    @Test
    void whatWasCommittedBeforeAFailureIsThereAfterARestart() throws Exception {
        anExceptionWhileApplyingEndsTheMember();
        TestMachine anew = new TestMachine();
        try (RaftNode node = Members.start(directory, anew)) {
            anew.put(node);
        }
        assertThat(anew.applied).startsWith(1L, 2L);
    }

    @Test
    void aVoteThatCannotBeWrittenIsNotCast() throws Exception {
        Path gone = directory.resolve("gone");
        Failure failure = new Failure(machine);
        HardStateStorage storage = new HardStateStorage(HardState.open(gone, true), failure);
        Files.delete(gone);

        assertThat(storage.setTermAndVotedFor(1, Peers.peer(Members.ID))).isFalse();
        assertThat(storage.setTermAndVotedFor(2, Peers.peer(Members.ID))).isFalse();

        assertThat(storage.term()).isZero();
        assertThat(storage.getVotedFor().isEmpty()).isTrue();
        assertThat(machine.failed.get().kind()).isEqualTo(Kind.FATAL);
        assertThat(machine.failures).hasValue(1);
    }

    private static Kind readIndex(RaftNode node) throws Exception {
        CompletableFuture<Kind> kind = new CompletableFuture<>();
        node.readIndex(new ReadIndexCallback() {
            @Override
            public void ready(long index) {
                kind.completeExceptionally(new AssertionError("answered " + index));
            }

            @Override
            public void failed(RaftException cause) {
                kind.complete(cause.kind());
            }
        });
        return kind.get(20, TimeUnit.SECONDS);
    }
}
