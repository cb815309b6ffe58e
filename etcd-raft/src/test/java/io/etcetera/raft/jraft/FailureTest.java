package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
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
        try (RaftNode node = Members.start(Members.config(directory, machine), machine, (nanos, bytes) -> {
            if (broken.get()) {
                throw new IllegalStateException("injected");
            }
        })) {
            machine.put(node);
            long applied = machine.appliedIndex;
            broken.set(true);
            List<CompletableFuture<Long>> lost = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                lost.add(machine.propose(node, 64));
            }
            assertThat(machine.failed.get(20, TimeUnit.SECONDS).kind()).isEqualTo(Kind.FATAL);
            long calls = machine.applyCalls.get();
            for (CompletableFuture<Long> proposal : lost) {
                assertThat(TestMachine.kindOf(proposal)).isEqualTo(Kind.FATAL);
            }
            broken.set(false);
            assertThat(TestMachine.kindOf(machine.propose(node, 64))).isEqualTo(Kind.FATAL);
            assertThat(readIndex(node)).isEqualTo(Kind.FATAL);
            assertThat(machine.appliedIndex).isEqualTo(applied);
            assertThat(machine.applyCalls).hasValue(calls);
        }
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
    void aHardStateThatCannotBeWrittenIsNotVotedOn() throws Exception {
        // A directory in the way of the file that is to replace the hard state.
        try (RaftNode node = Members.start(directory, machine)) {
            machine.put(node);
        }
        java.nio.file.Files.delete(directory.resolve("hardstate"));
        java.nio.file.Files.createDirectories(directory.resolve("hardstate/in-the-way"));
        assertThatThrownBy(() -> Members.start(directory, machine)).isInstanceOf(Exception.class);
        assertThat(machine.applied).hasSize(1);
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
