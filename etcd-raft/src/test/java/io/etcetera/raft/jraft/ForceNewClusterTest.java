package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.raft.MemberChange;
import io.etcetera.raft.RaftException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member of three goes on alone. */
class ForceNewClusterTest {
    private static final long MANY = 1_000_000;
    private static final long SEED = 1;

    @TempDir
    Path directory;

    private Group stoppedGroup(long snapshotCount) throws Exception {
        Group group = new Group(directory, SEED, snapshotCount, 1L, 2L, 3L);
        for (int i = 0; i < 20; i++) {
            group.put();
        }
        group.awaitAllLike(group.awaitLeader());
        group.running().forEach(group::stop);
        return group;
    }

    @Test
    void goesOnAloneWithAllThatItHas() throws Exception {
        try (Group group = stoppedGroup(MANY)) {
            List<Long> before = List.copyOf(group.machine(2).applied);
            group.startAlone(2);
            assertThat(group.put()).isEqualTo(2);
            assertThat(group.node(2).members().voters()).containsExactly(2L);
            assertThat(group.machine(2).applied)
                    .startsWith(before.toArray(Long[]::new))
                    .hasSizeGreaterThan(20);
        }
    }

    @Test
    void staysAloneWithoutBeingForcedAgain() throws Exception {
        try (Group group = stoppedGroup(MANY)) {
            group.startAlone(2);
            group.put();
            group.stop(2);
            group.start(2);
            assertThat(group.put()).isEqualTo(2);
            assertThat(group.node(2).members().voters()).containsExactly(2L);
        }
    }

    @Test
    void losesNothingThatItsStateMachineHadNotApplied() throws Exception {
        try (Group group = stoppedGroup(MANY)) {
            List<Long> before = List.copyOf(group.machine(3).applied);
            group.forgetState(3);
            group.startAlone(3);
            group.put();
            assertThat(group.machine(3).applied).startsWith(before.toArray(Long[]::new));
        }
    }

    @Test
    void goesOnBehindALogThatWasCut() throws Exception {
        try (Group group = stoppedGroup(4)) {
            group.startAlone(1);
            assertThat(group.put()).isEqualTo(1);
        }
    }

    @Test
    void othersCanJoinItAgain() throws Exception {
        try (Group group = stoppedGroup(MANY)) {
            group.startAlone(1);
            group.put();
            group.node(1)
                    .changeMembers(new MemberChange.AddLearner(4))
                    .toCompletableFuture()
                    .get();
            group.start(4);
            group.put();
            group.awaitAllLike(1);
        }
    }

    @Test
    void refusesALogThatHasLostEntries() throws Exception {
        try (Group group = stoppedGroup(MANY)) {
            TestMachine machine = group.machine(1);
            machine.appliedIndex = 1_000;
            assertThatThrownBy(() -> group.startAlone(1))
                    .isInstanceOf(RaftException.class)
                    .hasMessageContaining("the store is ahead of the log");
        }
    }
}
