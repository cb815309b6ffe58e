package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.wal.WalOptions;
import io.etcetera.raft.wal.WriteAheadLog;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LogCuttingTest {
    private static final long INTERVAL = 20;

    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    private RaftConfig config() {
        return Members.config(directory, machine, 1, INTERVAL);
    }

    private long[] firstAndLast() throws Exception {
        try (WriteAheadLog wal = WriteAheadLog.open(directory, WalOptions.defaults())) {
            return new long[] {wal.firstIndex(), wal.lastIndex()};
        }
    }

    @Test
    @Timeout(300)
    void theLogIsCutBehindWhatIsDurableAndGoesOn() throws Exception {
        for (int run = 0; run < 4; run++) {
            try (RaftNode node = Members.start(config(), machine)) {
                machine.putUntilTheLogIsCut(node);
            }
            long[] held = firstAndLast();
            assertThat(held[0]).isGreaterThan(1).isLessThanOrEqualTo(machine.durableIndex + 1);
            assertThat(held[1]).isEqualTo(machine.appliedIndex);
            // One interval at least stays behind a mark; how much more depends on when the cuts came to run.
            assertThat(machine.durableIndex - held[0] + 1).isGreaterThanOrEqualTo(INTERVAL);
        }
        assertThat(machine.applied)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, machine.applied.size())
                        .boxed()
                        .toList());
        assertThat(machine.failures).hasValue(0);
    }

    @Test
    @Timeout(300)
    void onlyWhatTheMarkDoesNotCoverComesAgain() throws Exception {
        try (RaftNode node = Members.start(config(), machine)) {
            machine.putUntilTheLogIsCut(node);
        }
        long applied = machine.appliedIndex;
        try (RaftNode node = Members.start(config(), machine)) {
            machine.put(node);
        }
        assertThat(machine.replayed.get()).isLessThanOrEqualTo(applied - 2 * INTERVAL);
    }

    @Test
    void aRestartThatReplaysALotAtOnceDoesNotDropTheWholeLog() throws Exception {
        machine.syncs = false;
        try (RaftNode node = Members.start(config(), machine)) {
            for (int i = 0; i < 500; i++) {
                machine.put(node);
            }
        }
        assertThat(firstAndLast()).containsExactly(1, machine.appliedIndex);

        machine.syncs = true;
        try (RaftNode node = Members.start(config(), machine)) {
            machine.put(node);
        }
        long[] held = firstAndLast();
        assertThat(held[1] - held[0] + 1).isGreaterThanOrEqualTo(INTERVAL);
    }

    @Test
    void withoutASyncNothingIsCutAndClosingDoesNotWaitForIt() throws Exception {
        machine.syncs = false;
        try (RaftNode node = Members.start(config(), machine)) {
            for (int i = 0; i < 100; i++) {
                machine.put(node);
            }
        }
        assertThat(firstAndLast()).containsExactly(1, machine.appliedIndex);
        assertThat(machine.failures).hasValue(0);
    }

    @Test
    void whatOthersMayNeedIsNotCut() throws Exception {
        machine.needsLog = true;
        try (RaftNode node = Members.start(config(), machine)) {
            for (int i = 0; i < 100; i++) {
                machine.put(node);
            }
        }
        assertThat(firstAndLast()).containsExactly(1, machine.appliedIndex);
        assertThat(machine.syncCalls).hasValue(0);
        machine.needsLog = false;
        try (RaftNode node = Members.start(config(), machine)) {
            machine.putUntilTheLogIsCut(node);
        }
        assertThat(firstAndLast()[0]).isGreaterThan(1);
    }

    @Test
    void manyRestartsWithoutWritesStillCutTheLog() throws Exception {
        for (int i = 0; i < 3 * INTERVAL; i++) {
            try (RaftNode node = Members.start(config(), machine)) {
                assertThat(node.isLeader()).isTrue();
            }
        }
        assertThat(machine.applied).isEmpty();
        assertThat(firstAndLast()[1]).isGreaterThanOrEqualTo(3 * INTERVAL);
        try (RaftNode node = Members.start(config(), machine)) {
            machine.put(node);
        }
    }
}
