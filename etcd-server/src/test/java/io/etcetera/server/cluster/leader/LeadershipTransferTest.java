package io.etcetera.server.cluster.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.FakeMembership;
import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.ManualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeadershipTransferTest {
    private static final long SELF = 1;
    private static final long OTHER = 2;
    private static final long LEARNER = 4;
    private static final Duration LIMIT = Duration.ofSeconds(7);
    private static final Duration NO_PATIENCE = Duration.ofMillis(1);

    private final ManualTime time = new ManualTime();
    private final FakeRaftNode raft = new FakeRaftNode();
    private final Map<Long, Long> activeSince = new HashMap<>();
    private final LeadershipTransfer transfer = new LeadershipTransfer(
            threeVotersAndALearner(),
            id -> activeSince.containsKey(id) ? OptionalLong.of(activeSince.get(id)) : OptionalLong.empty(),
            LIMIT,
            time);

    private static FakeMembership threeVotersAndALearner() {
        FakeMembership membership = FakeMembership.ofVoters(SELF, SELF, OTHER, 3);
        membership.put(Member.newBuilder().setID(LEARNER).setIsLearner(true).build());
        return membership;
    }

    @BeforeEach
    void lead() {
        raft.voters = Set.of(SELF, OTHER, 3L);
        transfer.attach(raft);
    }

    private Answer<Long> move(long targetId) {
        Answer<Long> answer = new Answer<>();
        transfer.move(targetId, answer);
        return answer;
    }

    private void leader(long id) {
        raft.leading = id == SELF;
        raft.otherLeader = id;
        transfer.leaderChanged(id);
    }

    @Test
    void answersWhenTheTargetLeads() {
        Answer<Long> answer = move(OTHER);
        assertThat(raft.transfers).containsExactly(OTHER);
        leader(0);
        leader(3);
        assertThat(answer.isGiven()).isFalse();
        leader(OTHER);
        assertThat(answer.result()).isEqualTo(OTHER);
        leader(OTHER);
    }

    @Test
    void onlyTheLeaderAndOnlyToVoters() {
        assertThat(move(9).error()).isEqualTo(EtcdError.BAD_LEADER_TRANSFEREE);
        assertThat(move(LEARNER).error()).isEqualTo(EtcdError.BAD_LEADER_TRANSFEREE);
        leader(OTHER);
        assertThat(move(9).error()).isEqualTo(EtcdError.NOT_LEADER);
        assertThat(raft.transfers).isEmpty();
    }

    @Test
    void toItselfIsDone() {
        assertThat(move(SELF).result()).isEqualTo(SELF);
        assertThat(raft.transfers).isEmpty();
    }

    @Test
    void whatCannotBeginYetBeginsLater() {
        raft.transferRefusal = Kind.CHANGING;
        Answer<Long> answer = move(OTHER);
        transfer.tick();
        raft.transferRefusal = null;
        transfer.tick();
        transfer.tick();
        assertThat(raft.transfers).containsExactly(OTHER);
        leader(OTHER);
        assertThat(answer.result()).isEqualTo(OTHER);
    }

    @Test
    void takesNoLongerThanTheLimit() {
        Answer<Long> answer = move(OTHER);
        time.advance(LIMIT.minusMillis(1));
        transfer.tick();
        assertThat(answer.isGiven()).isFalse();
        time.advanceMillis(1);
        transfer.tick();
        assertThat(answer.error()).isEqualTo(EtcdError.TIMEOUT_LEADER_TRANSFER);
        leader(OTHER);
    }

    @Test
    void stopEndsIt() {
        Answer<Long> answer = move(OTHER);
        transfer.close();
        assertThat(answer.error()).isEqualTo(EtcdError.STOPPED);
        assertThat(move(OTHER).error()).isEqualTo(EtcdError.STOPPED);
    }

    @Test
    void theBestLogSucceedsAndThenTheOldestConnection() {
        activeSince.put(OTHER, 500L);
        activeSince.put(3L, 400L);
        raft.matchIndexes.put(OTHER, 10L);
        raft.matchIndexes.put(3L, 9L);
        transfer.beforeStop(NO_PATIENCE);
        raft.matchIndexes.put(3L, 10L);
        transfer.beforeStop(NO_PATIENCE);
        activeSince.remove(3L);
        transfer.beforeStop(NO_PATIENCE);
        assertThat(raft.transfers).containsExactly(OTHER, 3L, OTHER);
    }

    @Test
    void nobodySucceedsWhoIsOutOfReachOrAlone() {
        transfer.beforeStop(NO_PATIENCE);
        activeSince.put(OTHER, 500L);
        raft.voters = Set.of(SELF);
        transfer.beforeStop(NO_PATIENCE);
        raft.voters = Set.of(SELF, OTHER);
        leader(OTHER);
        transfer.beforeStop(NO_PATIENCE);
        assertThat(raft.transfers).isEmpty();
    }

    @Test
    void stoppingWaitsUntilTheSuccessorLeads() throws InterruptedException {
        activeSince.put(OTHER, 500L);
        FakeRaftNode immediate = new FakeRaftNode() {
            @Override
            public void transferLeadership(long memberId) throws RaftException {
                super.transferLeadership(memberId);
                leader(memberId);
            }
        };
        immediate.voters = Set.of(SELF, OTHER);
        transfer.attach(immediate);
        transfer.beforeStop(Duration.ofDays(1));
        assertThat(immediate.transfers).containsExactly(OTHER);
    }
}
