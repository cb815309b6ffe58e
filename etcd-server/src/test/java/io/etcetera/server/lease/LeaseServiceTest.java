package io.etcetera.server.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.apply.ApplyHarness;
import io.etcetera.server.lease.Leases.LeaseState;
import io.etcetera.server.read.RaftReadBarrier;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.TestMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Renewals on a member that does not lead, or ceases to. */
@Timeout(60)
class LeaseServiceTest {
    private static final long SELF = ApplyHarness.MEMBER_ID;
    private static final long LEADER = 2;
    private static final long NEXT_LEADER = 3;
    private static final long TIMEOUT_MILLIS = 7_000;

    private final ApplyHarness member;
    private final Network network = new Network();

    LeaseServiceTest(@TempDir Path directory) {
        member = new ApplyHarness(directory);
        member.leases.attach(member.raft, SELF, network);
        leader(SELF);
        member.grant(1, 60);
        leader(LEADER);
    }

    @AfterEach
    void close() {
        member.close();
    }

    /** Keeps what was asked of whom; the test answers. */
    private static final class Network implements LeaderLeases {
        private record Asked<T extends @Nullable Object>(long leaderId, long leaseId, ResultCallback<T> answer) {}

        private final List<Asked<Long>> renewals = new ArrayList<>();
        private final List<Asked<@Nullable LeaseState>> states = new ArrayList<>();

        @Override
        public void renew(long leaderId, long leaseId, ResultCallback<Long> callback) {
            renewals.add(new Asked<>(leaderId, leaseId, callback));
        }

        @Override
        public void timeToLive(
                long leaderId, long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback) {
            states.add(new Asked<>(leaderId, leaseId, callback));
        }

        private void refuse(int i, EtcdError error) {
            renewals.get(i).answer().failed(new EtcdException(error));
        }
    }

    private void leader(long id) {
        boolean led = member.raft.leading;
        member.raft.leading = id == SELF;
        member.raft.otherLeader = id == SELF ? 0 : id;
        if (led && id != SELF) {
            member.stateMachine.leaderStopped();
        }
        member.stateMachine.leaderChanged(id, 1);
        if (id == SELF) {
            member.stateMachine.leaderStarted(1);
        }
    }

    private Answer<Long> renew(long leaseId) {
        Answer<Long> answer = new Answer<>();
        member.leases.renew(leaseId, answer);
        return answer;
    }

    private void later(long millis) {
        member.time.advanceMillis(millis);
        member.leases.tick();
    }

    @Test
    void theLeaderIsAsked() {
        Answer<Long> answer = renew(1);
        assertThat(network.renewals).hasSize(1);
        assertThat(network.renewals.get(0).leaderId()).isEqualTo(LEADER);
        assertThat(network.renewals.get(0).leaseId()).isEqualTo(1);
        network.renewals.get(0).answer().completed(60L);
        assertThat(answer.result()).isEqualTo(60);
        later(TIMEOUT_MILLIS);
    }

    @Test
    void theLeaderIsAskedForTheStateToo() {
        Answer<@Nullable LeaseState> answer = new Answer<>();
        member.leases.timeToLive(1, true, answer);
        LeaseState state = new LeaseState(1, 60, 59, List.of());
        network.states.get(0).answer().completed(state);
        assertThat(answer.result()).isEqualTo(state);
    }

    @Test
    void leasesAreListedFromHere() {
        assertThat(member.leases.leaseIds()).containsExactly(1L);
    }

    @Test
    void aLeaderThatFailsIsAskedAgain() {
        Answer<Long> answer = renew(1);
        for (int i = 0; i < 3; i++) {
            network.refuse(i, i == 0 ? EtcdError.NOT_PRIMARY_LESSOR : i == 1 ? EtcdError.STOPPED : EtcdError.NO_LEADER);
            assertThat(network.renewals).hasSize(i + 1);
            later(50);
            assertThat(network.renewals).hasSize(i + 2);
        }
        later(50);
        assertThat(network.renewals).as("not while it is being asked").hasSize(4);
        network.renewals.get(3).answer().completed(60L);
        assertThat(answer.result()).isEqualTo(60);
    }

    @Test
    void aNewLeaderIsAskedAtOnceAndTheOldOnesAnswerStillCounts() {
        Answer<Long> answer = renew(1);
        leader(0);
        leader(NEXT_LEADER);
        assertThat(network.renewals.get(1).leaderId()).isEqualTo(NEXT_LEADER);
        network.refuse(0, EtcdError.NO_LEADER);
        later(50);
        assertThat(network.renewals).as("the newer attempt is under way").hasSize(2);
        network.renewals.get(0).answer().completed(60L);
        network.renewals.get(1).answer().completed(60L);
        assertThat(answer.result()).isEqualTo(60);
    }

    @Test
    void aLeaderThatStaysSilentIsATimeout() {
        Answer<Long> answer = renew(1);
        later(TIMEOUT_MILLIS - 1);
        assertThat(answer.isGiven()).isFalse();
        later(1);
        assertThat(answer.error()).isEqualTo(EtcdError.TIMEOUT);
        network.renewals.get(0).answer().completed(60L);
        leader(NEXT_LEADER);
        assertThat(network.renewals).hasSize(1);
    }

    @Test
    void withoutALeaderThereIsNone() {
        leader(0);
        Answer<Long> answer = renew(1);
        later(TIMEOUT_MILLIS - 1);
        assertThat(answer.isGiven()).isFalse();
        later(1);
        assertThat(answer.error()).isEqualTo(EtcdError.NO_LEADER);
        assertThat(network.renewals).isEmpty();
    }

    @Test
    void aMemberThatComesToLeadAnswersItself() {
        Answer<Long> answer = renew(1);
        leader(0);
        leader(SELF);
        assertThat(answer.result()).isEqualTo(60);
        network.refuse(0, EtcdError.NO_LEADER);
    }

    @Test
    void aMemberThatCeasesToLeadAsksTheNextOne() {
        leader(SELF);
        member.raft.answerReads = false;
        Answer<Long> answer = renew(1);
        leader(LEADER);
        assertThat(network.renewals).hasSize(1);
        network.renewals.get(0).answer().completed(60L);
        assertThat(answer.result()).isEqualTo(60);
    }

    @Test
    void aRenewalThatWaitsForTheRevokeMovesOnWithTheLeadership() {
        leader(SELF);
        member.time.advanceMillis(100_000);
        Answer<Long> answer = renew(1);
        leader(LEADER);
        assertThat(answer.isGiven()).isFalse();
        assertThat(network.renewals).hasSize(1);
        network.renewals.get(0).answer().completed(60L);
        assertThat(answer.result()).isEqualTo(60);
    }

    @Test
    void aRevokeOfTheOldLeaderIsNotPassedOnToTheNewOne() {
        leader(SELF);
        member.time.advanceMillis(100_000);
        member.raft.leading = false;
        member.raft.otherLeader = LEADER;
        member.expirer.tick();
        assertThat(member.raft.proposals).isEmpty();
        leader(SELF);
        member.expirer.tick();
        assertThat(member.raft.proposals)
                .as("the new leadership extends every lease")
                .isEmpty();
        assertThat(renew(1).result()).isEqualTo(60);
    }

    @Test
    void otherMembersAreNotSentFurther() {
        PrimaryLeases primary = new PrimaryLeases(
                member.lessor,
                new LessorOptions(2, Duration.ofSeconds(1), Duration.ofSeconds(7)),
                new RaftReadBarrier(
                        Duration.ofSeconds(7),
                        member.applied,
                        member.time,
                        TestMetrics.create().requests()),
                member.time);
        Answer<Long> answer = new Answer<>();
        primary.renew(1, answer);
        assertThat(answer.error()).isEqualTo(EtcdError.NOT_PRIMARY_LESSOR);
        assertThat(network.renewals).isEmpty();
    }

    @Test
    void stopEndsWhatWaits() {
        Answer<Long> asked = renew(1);
        leader(0);
        Answer<Long> waiting = renew(1);
        member.leases.close();
        assertThat(asked.error()).isEqualTo(EtcdError.STOPPED);
        assertThat(waiting.error()).isEqualTo(EtcdError.STOPPED);
        assertThat(renew(1).error()).isEqualTo(EtcdError.STOPPED);
        network.refuse(0, EtcdError.NO_LEADER);
    }
}
