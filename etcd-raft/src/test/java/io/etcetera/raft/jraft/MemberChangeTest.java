package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.MemberChange;
import io.etcetera.raft.MemberChange.AddLearner;
import io.etcetera.raft.MemberChange.AddVoter;
import io.etcetera.raft.MemberChange.Remove;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.raft.RaftMembers;
import io.etcetera.raft.RaftNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that come, get a vote, and go. */
@Timeout(120)
class MemberChangeTest {
    private static final long MANY = 1_000_000;
    private static final long SEED = 1;
    private static final Duration CHANGE_PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    @Test
    void aReadAfterAChangeOfMembersNeedsNoWrite() throws Exception {
        try (Group group = new Group(directory, SEED, MANY, 1L)) {
            RaftNode node = group.node(group.awaitLeader());
            for (MemberChange change : List.of(new AddLearner(2), new Remove(2))) {
                node.changeMembers(change).toCompletableFuture().get(30, TimeUnit.SECONDS);
                long index = Group.read(node).get(30, TimeUnit.SECONDS);
                Group.await("the read's index to be applied", () -> group.machine(1).appliedIndex >= index);
            }
        }
    }

    @Test
    void aFollowerMovesNothing() throws Exception {
        try (Group group = Group.calm(directory, SEED, MANY, 1L, 2L, 3L)) {
            long follower = group.put() % 3 + 1;
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                    RaftException.class,
                                    () -> group.node(follower).transferLeadership(1))
                            .kind())
                    .isEqualTo(Kind.NOT_LEADER);
            assertThat(kindOf(group.node(follower)
                            .changeMembers(new AddLearner(9))
                            .toCompletableFuture()))
                    .isEqualTo(Kind.NOT_LEADER);
        }
    }

    @Test
    void aGroupGrowsFromOneToThreeAndShrinksAgain() throws Exception {
        try (Group group = Group.calm(directory, SEED, MANY, 1L)) {
            group.put();
            for (long id = 2; id <= 3; id++) {
                group.start(id);
                change(group, new AddLearner(id));
                change(group, new AddVoter(id));
                group.awaitAllLike(group.put());
            }
            assertThat(group.node(1).members()).isEqualTo(new RaftMembers(Set.of(1L, 2L, 3L), Set.of()));
            assertThat(group.node(1).matchIndex(2)).isNotEmpty();

            change(group, new Remove(1));
            group.stop(1);
            long leader = group.put();
            assertThat(group.node(leader).members().voters()).containsExactlyInAnyOrder(2L, 3L);
            change(group, new Remove(leader == 2 ? 3 : 2));
            group.stop(leader == 2 ? 3 : 2);
            group.put();
        }
    }

    /** The entry of a change is shown to no state machine: only one behind it brings them up to there. */
    @Test
    void whatIsCommittedIsAppliedAfterAChangeOfMembersToo() throws Exception {
        try (Group group = Group.calm(directory, SEED, MANY, 1L, 2L, 3L)) {
            long leader = group.put();
            change(group, new Remove(leader == 2 ? 3 : 2));
            Group.await(
                    "the last committed entry to be applied",
                    () -> group.machine(leader).appliedIndex
                            == group.node(leader).committedIndex());
        }
    }

    @Test
    void aDeadMemberGetsNoVote() throws Exception {
        try (Group group = new Group(directory, SEED, MANY, 1L)) {
            group.put();
            RaftNode node = group.node(1);
            change(group, new AddLearner(9));
            assertThat(kindOf(node.changeMembers(new AddVoter(9)).toCompletableFuture()))
                    .isEqualTo(Kind.NOT_CAUGHT_UP);
            group.put();
            assertThat(node.members().voters()).containsExactly(1L);
        }
    }

    @Test
    void aLearnerThatIsTooFarBehindGetsAFullCopy() throws Exception {
        try (Group group = new Group(directory, SEED, 50, 1L)) {
            RaftNode node = group.node(1);
            group.put();
            group.machine(1).putUntilTheLogIsCut(node);
            change(group, new AddLearner(2));
            group.start(2);
            group.awaitAllLike(group.put());
            assertThat(group.machine(2).installations).hasValue(1);

            // And goes on from there, also over a restart.
            group.stop(2);
            group.put();
            group.start(2);
            group.awaitAllLike(group.put());
            change(group, new AddVoter(2));
            group.awaitAllLike(group.put());
        }
    }

    @Test
    void aLearnerThatIsCutOffKnowsNoLeaderEither() throws Exception {
        try (Group group = new Group(directory, SEED, MANY, 1L)) {
            group.start(2);
            change(group, new AddLearner(2));
            Group.await("the learner to find its leader", () -> group.node(2).leaderId() == 1);
            group.network.isolate(2, List.of(1L));
            Group.await("the learner to miss its leader", () -> group.node(2).leaderId() == 0);
            group.network.heal();
            Group.await(
                    "the learner to find its leader again", () -> group.node(2).leaderId() == 1);
        }
    }

    private static void change(Group group, io.etcetera.raft.MemberChange change) throws Exception {
        List<Throwable> refusals = new ArrayList<>();
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < CHANGE_PATIENCE.toNanos()) {
            long leader = group.awaitLeader();
            try {
                group.node(leader).changeMembers(change).toCompletableFuture().get(20, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException e) {
                refusals.add(e.getCause());
                Thread.sleep(100);
            }
        }
        throw new AssertionError(change + " was refused: " + refusals);
    }

    private static Kind kindOf(CompletableFuture<Void> outcome) throws Exception {
        return TestMachine.kindOf(outcome.thenApply(nothing -> 0L));
    }
}
