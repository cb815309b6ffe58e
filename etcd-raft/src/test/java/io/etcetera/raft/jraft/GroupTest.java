package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import io.etcetera.raft.RaftException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several members: elections, lost members, what they read, full copies. */
@Timeout(120)
class GroupTest {
    private static final long MANY = 1_000_000;
    private static final long SEED = 1;

    @TempDir
    Path directory;

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
        List<Long> others = others(group, old);
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

    /** Its files still hold what it proposed in vain, where the new leader has put the entry that begins a term. */
    @Test
    void whoLedOnceAppliesWhatOthersCommitBeforeItsOwnLogIsMended() throws Exception {
        try (Group group = new Group(directory, SEED, MANY, 1L, 2L, 3L)) {
            long old = cutOffWithEntriesOfItsOwn(group);
            group.awaitLeaderAmong(others(group, old));
            Group.await("the old leader to step down", () -> !group.node(old).isLeader());
            group.log(old).shut();
            group.network.heal();
            // A notice may come before its entry, and is not sent again as long as no entry is answered for.
            long applied = group.machine(old).appliedIndex;
            while (group.machine(old).appliedIndex == applied) {
                group.put();
                assertThat(group.machine(old).failures).hasValue(0);
            }
            group.log(old).open();
            group.awaitAllLike(group.put());
            assertThat(group.machine(old).failures).hasValue(0);
        }
    }

    /** The leader, cut off and with entries in its files that nobody else gets. */
    private static long cutOffWithEntriesOfItsOwn(Group group) throws Exception {
        while (true) {
            long leader = group.put();
            group.awaitAllLike(leader);
            group.network.isolate(leader, others(group, leader));
            long before = group.log(leader).writes();
            for (int i = 0; i < 10; i++) {
                CompletableFuture<Long> unused = group.machine(leader).propose(group.node(leader), Long.BYTES);
            }
            Group.await(
                    "the entries to be written, or the office to be lost",
                    () -> group.log(leader).writes() > before
                            || !group.node(leader).isLeader());
            if (group.log(leader).writes() > before) {
                return leader;
            }
            group.network.heal(); // it had lost its office by itself, just before
        }
    }

    private static List<Long> others(Group group, long member) {
        return group.running().stream().filter(id -> id != member).toList();
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
                group.network.isolate(lonely, others(group, lonely));
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
}
