package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.wal.WalOptions;
import io.etcetera.raft.wal.WriteAheadLog;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a member does not start with, and that it leaves the files as they are then. */
class RefusalTest {
    private static final long INTERVAL = 20;

    @TempDir
    Path directory;

    private final TestMachine machine = new TestMachine();

    private RaftConfig config() {
        return Members.config(directory, machine, 1, INTERVAL);
    }

    @BeforeEach
    @Timeout(60)
    void writeALogThatHasBeenCut() throws Exception {
        try (RaftNode node = Members.start(config(), machine)) {
            machine.putUntilTheLogIsCut(node);
        }
    }

    private void refuses(String... words) throws Exception {
        ThrowingCallable start = () -> Members.start(config(), machine);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(start)
                    .isInstanceOfSatisfying(
                            RaftException.class,
                            refused -> assertThat(refused.kind()).isEqualTo(RaftException.Kind.FATAL))
                    .hasMessageContainingAll(words);
        }
        // The lock is free again: whoever repairs the log can open it.
        try (WriteAheadLog wal = WriteAheadLog.open(directory, WalOptions.defaults())) {
            assertThat(wal.lastIndex()).isPositive();
        }
    }

    @Test
    void aStoreAheadOfTheLog() throws Exception {
        long last = machine.appliedIndex;
        machine.appliedIndex = last + 1;
        refuses("the log ends at entry " + last, "has applied " + (last + 1), "store is ahead");

        machine.appliedIndex = last;
        try (RaftNode node = Members.start(config(), machine)) {
            machine.put(node);
        }
    }

    @Test
    void aLogThatLostItsTail() throws Exception {
        long last = machine.appliedIndex;
        try (WriteAheadLog wal = WriteAheadLog.open(directory, WalOptions.defaults())) {
            wal.truncateSuffix(last - 5);
        }
        refuses("the log ends at entry " + (last - 5), "store is ahead");
    }

    @Test
    void aStoreOlderThanTheLog() throws Exception {
        machine.appliedIndex = 3;
        refuses("the log begins at entry", "applied only 3", "store is older");
    }

    @Test
    void aStoreOlderThanTheMark() throws Exception {
        try (WriteAheadLog wal = WriteAheadLog.open(directory, WalOptions.defaults())) {
            machine.appliedIndex = wal.firstIndex();
        }
        refuses("the log was cut at entry", "store is older");
    }

    @Test
    void aCutLogWithoutItsMark() throws Exception {
        Files.delete(directory.resolve("snapshot"));
        refuses("its mark is at 0", "do not belong together");
    }

    @Test
    void aLogWithoutItsHardState() throws Exception {
        Files.delete(directory.resolve("hardstate"));
        refuses("the log ends in term 1", "only term 0", "hard state is older");
    }
}
