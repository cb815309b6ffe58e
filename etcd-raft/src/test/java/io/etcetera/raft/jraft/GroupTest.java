package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
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
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several members: elections, lost members, changes of members, full copies. */
@Timeout(120)
class GroupTest {
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
    void whatTheLeaderAppliesAllApply() throws Exception {
        try (Group group = Group.calm(directory, SEED, MANY, 1L, 2L, 3L)) {
            for (int i = 0; i < 100; i++) {
                group.put();
            }
            long leader = group.awaitLeader();
            group.awaitAllLike(leader);
            for (long id : group.running()) {
                Group.await(
                        "member " + id + " to know the leader",
                        () -> group.node(id).leaderId() == leader);
            }
        }
    }

    @Test
    void theOthersGoOnWithoutALostLeaderWhichCatchesUpLater() throws Exception {
        try (Group group = new Group(directory, SEED, MANY, 1L, 2L, 3L)) {
            group.put();
            long lost = group.awaitLeader();
            group.stop(lost);
            for (int i = 0; i < 50; i++) {
                group.put();
            }
            group.start(lost);
            group.awaitAllLike(group.put());
        }
    }

    @Test
    void aLeaderCutOffAnswersNeitherReadsNorWrites() throws Exception {
        try (Group group = new Group(directory, SEED, MANY, 1L, 2L, 3L)) {
            Kind kind = Kind.NOT_LEADER;
            while (kind == Kind.NOT_LEADER) { // it had lost its office by itself, just before
                kind = kindOfAWriteToALeaderCutOff(group);
            }
            assertThat(kind).isEqualTo(Kind.UNKNOWN);
        }
    }

    private static Kind kindOfAWriteToALeaderCutOff(Group group) throws Exception {
        group.put();
        long old = group.awaitLeader();
        List<Long> others = group.running().stream().filter(id -> id != old).toList();
        group.network.isolate(old, others);
        CompletableFuture<Long> write = group.machine(old).propose(group.node(old), Long.BYTES);
        group.awaitLeaderAmong(others);
        assertThat(group.put()).isIn(others);
        CompletableFuture<Long> read = Group.read(group.node(old));
        assertThat(TestMachine.kindOf(read)).isIn(Kind.NO_LEADER, Kind.BUSY);
        Group.await("the old leader to step down", () -> !group.node(old).isLeader());
        group.network.heal();
        group.awaitAllLike(group.put());
        return TestMachine.kindOf(write);
    }

    @Test
    void followersReadWhatWasAcknowledged() throws Exception {
        try (Group group = Group.calm(directory, SEED, MANY, 1L, 2L, 3L)) {
            group.put();
            long leader = group.awaitLeader();
            group.awaitAllLike(leader);
            for (int i = 0; i < 50; i++) {
                long index = group.machine(leader).put(group.node(leader));
                for (long id : group.running()) {
                    assertThat(Group.read(group.node(id)).get(20, TimeUnit.SECONDS))
                            .isGreaterThanOrEqualTo(index);
                }
            }
        }
    }

    /** With heartbeats a minute apart, nobody hears of a commit by them before the test has ended. */
    @Test
    void followersHearOfACommitBeforeTheNextHeartbeat() throws Exception {
        Duration heartbeat = Duration.ofMinutes(1);
        Long[] voters = {1L, 2L, 3L};
        try (Group group = new Group(directory, SEED, MANY, 10 * heartbeat.toMillis(), voters)) {
            group.node(1).campaign();
            group.awaitLeaderAmong(List.of(1L));
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                long index = group.machine(1).put(group.node(1));
                Group.await(
                        "all members to apply entry " + index,
                        () -> group.running().stream().allMatch(id -> group.machine(id).appliedIndex >= index));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(heartbeat);
        }
    }

    @Test
    void leadershipMovesWhenAskedTo() throws Exception {
        try (Group group = Group.calm(directory, SEED, MANY, 1L, 2L, 3L)) {
            for (int i = 0; i < 10; i++) {
                long leader = group.put();
                long target = leader % 3 + 1;
                group.awaitAllLike(leader);
                group.node(leader).transferLeadership(target);
                Group.await(
                        "member " + target + " to lead",
                        () -> group.node(target).isLeader());
            }
        }
    }

    @Test
    void whatComesWhileLeadershipMovesIsTakenOrNotOrUnknownButNeverTooMuch() throws Exception {
        try (Group group = Group.calm(directory, SEED, MANY, 1L, 2L, 3L)) {
            for (int i = 0; i < 10; i++) {
                long leader = group.put();
                long target = leader % 3 + 1;
                group.awaitAllLike(leader);
                List<CompletableFuture<Long>> proposals = new ArrayList<>();
                for (int n = 0; n < 1_000; n++) {
                    if (n == 500) {
                        group.node(leader).transferLeadership(target);
                    }
                    proposals.add(group.machine(leader).propose(group.node(leader), Long.BYTES));
                }
                Group.await(
                        "member " + target + " to lead",
                        () -> group.node(target).isLeader());
                for (CompletableFuture<Long> proposal : proposals) {
                    if (proposal.isCompletedExceptionally()) {
                        assertThat(TestMachine.kindOf(proposal)).isIn(Kind.NOT_LEADER, Kind.UNKNOWN);
                    }
                }
            }
        }
    }

    @Test
    void whoIsCutOffKnowsNoLeader() throws Exception {
        try (Group group = new Group(directory, SEED, MANY, 1L, 2L, 3L)) {
            for (boolean leading : List.of(false, true)) {
                long leader = group.put();
                long lonely = leading ? leader : leader % 3 + 1;
                List<Long> others =
                        group.running().stream().filter(id -> id != lonely).toList();
                group.network.isolate(lonely, others);
                Group.await(
                        "member " + lonely + " to miss its leader",
                        () -> group.node(lonely).leaderId() == 0);
                group.network.heal();
                Group.await(
                        "member " + lonely + " to find a leader",
                        () -> group.node(lonely).leaderId() != 0);
            }
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

    @Test
    void aReadWhoseAnswerGetsLostIsAskedAgain() throws Exception {
        byte[] question = PeerCodec.encode(ReadIndexRequest.newBuilder().buildPartial());
        AtomicInteger lost = new AtomicInteger();
        // An election would end the wait, too.
        try (Group group = Group.calm(directory, SEED, MANY, 1L, 2L, 3L)) {
            long leader = group.awaitLeader();
            long follower = leader % 3 + 1;
            Group.await("the follower to know it", () -> group.node(follower).leaderId() == leader);
            long index = group.machine(leader).put(group.node(leader));
            group.network.loseAnswersTo(message -> Arrays.equals(message, question) && lost.getAndIncrement() == 0);
            CompletableFuture<Long> first = Group.read(group.node(follower));
            CompletableFuture<Long> second = Group.read(group.node(follower));
            assertThat(first.get(20, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(index);
            assertThat(second.get(20, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(index);
            assertThat(lost.get()).isGreaterThan(1);
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
    void aFollowerThatWasAwayTooLongGetsAFullCopy() throws Exception {
        try (Group group = Group.calm(directory, SEED, 50, 1L, 2L, 3L)) {
            long leader = group.put();
            long away = leader % 3 + 1;
            group.awaitAllLike(leader);
            group.stop(away);
            long now = group.put();
            group.machine(now).putUntilTheLogIsCut(group.node(now));
            group.start(away);
            group.awaitAllLike(group.put());
            assertThat(group.machine(away).installations.get()).isPositive();
            assertThat(group.machine(away).failures).hasValue(0);
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
