package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadIndexTest {
    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    /** Completes with the index; notes who answered. */
    private static final class Read extends CompletableFuture<Long> implements ReadIndexCallback {
        volatile Thread answeredBy = Thread.currentThread();

        @Override
        public void ready(long index) {
            answeredBy = Thread.currentThread();
            complete(index);
        }

        @Override
        public void failed(RaftException cause) {
            answeredBy = Thread.currentThread();
            completeExceptionally(cause);
        }
    }

    private static Read read(RaftNode node) {
        Read read = new Read();
        node.readIndex(read);
        return read;
    }

    @Test
    void aLoneLeaderAnswersAtOnceWithEverythingAcknowledged() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            for (int i = 0; i < 1_000; i++) {
                long acknowledged = machine.put(node);
                Read read = read(node);
                assertThat(read).isDone();
                assertThat(read.answeredBy).isEqualTo(Thread.currentThread());
                assertThat(read.get()).isGreaterThanOrEqualTo(acknowledged);
            }
        }
    }

    @Test
    void readsRightAfterAStartSeeWhatWasAcknowledgedBefore() throws Exception {
        try (RaftNode node = Members.start(directory, machine)) {
            machine.put(node);
        }
        for (int i = 0; i < 20; i++) {
            long acknowledged = machine.appliedIndex;
            TestMachine anew = new TestMachine();
            // Not waiting for the leader: this is the moment in which the engine alone would answer too early.
            try (RaftNode node = RaftNode.start(Members.config(directory, anew), anew)) {
                List<Read> reads = new ArrayList<>();
                for (int n = 0; n < 100; n++) {
                    reads.add(read(node));
                }
                for (Read read : reads) {
                    assertThat(read.get(20, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(acknowledged);
                }
                anew.put(node);
            }
            machine.appliedIndex = anew.appliedIndex;
        }
    }

    @Test
    void aFollowerWithoutALeaderSaysSo() throws Exception {
        long other = 2;
        var config = new io.etcetera.raft.RaftConfig(
                Members.ID, 1, List.of(Members.ID, other), directory, 1000, 100, 1000, 500, 0, 0, false);
        try (RaftNode node = RaftNode.start(config, machine)) {
            assertThat(node.isLeader()).isFalse();
            assertThat(node.leaderId()).isZero();
            assertThat(TestMachine.kindOf(read(node))).isEqualTo(Kind.NO_LEADER);
            assertThat(TestMachine.kindOf(machine.propose(node, 64))).isEqualTo(Kind.NOT_LEADER);
        }
    }

    @Test
    void aClosedMemberAnswersNoRead() throws Exception {
        RaftNode node = Members.start(directory, machine);
        node.close();
        assertThat(TestMachine.kindOf(read(node))).isEqualTo(Kind.STOPPED);
        assertThat(TestMachine.kindOf(machine.propose(node, 64))).isEqualTo(Kind.STOPPED);
    }
}
