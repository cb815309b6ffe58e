package io.etcetera.server.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.FakeMembership;
import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.TestMetrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promotions on the leader, and on their way to it. */
class PromotionTest {
    private static final long SELF = 1;
    private static final long OTHER = 2;
    private static final long LEARNER = 3;
    private static final Duration LIMIT = Duration.ofSeconds(7);
    private static final List<Member> MEMBERS =
            List.of(Member.newBuilder().setID(LEARNER).build());

    private final ManualTime time = new ManualTime();
    private final MemberMetrics metrics = TestMetrics.create();
    private final FakeRaftNode raft = new FakeRaftNode();
    private final FakeMembership membership = FakeMembership.ofVoters(SELF, SELF, OTHER);
    private final List<InternalRaftRequest> proposed = new ArrayList<>();
    private final Deque<ResultCallback<List<Member>>> forwarded = new ArrayDeque<>();
    private final Reconfiguration reconfiguration = new Reconfiguration(
            membership,
            new ReconfigurationParts(
                    true,
                    1,
                    LIMIT,
                    LIMIT,
                    raft,
                    new AllApplied(),
                    new NoWaiting(),
                    id -> OptionalLong.empty(),
                    (leaderId, memberId, callback) -> {
                        assertThat(leaderId).isEqualTo(OTHER);
                        forwarded.add(callback);
                    },
                    metrics.cluster(),
                    time));

    private final class AllApplied implements Proposer {
        @Override
        public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
            proposed.add(request.build());
            callback.completed(
                    MemberPromoteResponse.newBuilder().addAllMembers(MEMBERS).build());
        }
    }

    private static final class NoWaiting implements ReadBarrier {
        @Override
        public <T> void await(T token, ResultCallback<T> callback) {
            callback.completed(token);
        }
    }

    @BeforeEach
    void addLearner() {
        membership.put(Member.newBuilder().setID(LEARNER).setIsLearner(true).build());
        raft.committedIndex = 1_000;
    }

    private Answer<List<Member>> promote(long id) {
        Answer<List<Member>> answer = new Answer<>();
        reconfiguration.promote(id, answer);
        return answer;
    }

    private void followOther() {
        raft.leading = false;
        raft.otherLeader = OTHER;
    }

    @Test
    void aLearnerNeedsNineTenthsOfTheLog() {
        assertThat(promote(LEARNER).error()).isEqualTo(EtcdError.LEARNER_NOT_READY);
        raft.matchIndexes.put(LEARNER, 899L);
        assertThat(promote(LEARNER).error()).isEqualTo(EtcdError.LEARNER_NOT_READY);
        raft.matchIndexes.put(LEARNER, 900L);
        assertThat(promote(LEARNER).result()).isEqualTo(MEMBERS);
        assertThat(proposed)
                .singleElement()
                .satisfies(request -> assertThat(
                                request.getMembershipChange().getPromotion().getMemberID())
                        .isEqualTo(LEARNER));
        assertThat(new String(metrics.scrape(), StandardCharsets.UTF_8))
                .contains("etcd_server_learner_promote_successes 1\n")
                .contains("etcd_server_learner_promote_failures{Reason=\"" + EtcdError.LEARNER_NOT_READY.text()
                        + "\"} 2\n");
    }

    /** That a voter is no learner is said when it is applied. */
    @Test
    void aVoterIsNotRefusedYet() {
        assertThat(promote(SELF).result()).isEqualTo(MEMBERS);
        assertThat(promote(OTHER).error()).isEqualTo(EtcdError.LEARNER_NOT_READY);
        raft.matchIndexes.put(OTHER, 1_000L);
        assertThat(promote(OTHER).result()).isEqualTo(MEMBERS);
    }

    @Test
    void refusesWhatWouldCostTheQuorum() {
        membership.put(Member.newBuilder().setID(4).build());
        membership.put(Member.newBuilder().setID(5).build());
        membership.put(Member.newBuilder().setID(6).build());
        raft.matchIndexes.put(LEARNER, 1_000L);
        // Three of six would have started, where four are needed.
        assertThat(promote(LEARNER).error()).isEqualTo(EtcdError.MEMBER_NOT_ENOUGH_STARTED);
        assertThat(proposed).isEmpty();
    }

    @Test
    void onlyTheLeaderPromotes() {
        followOther();
        Answer<List<Member>> answer = new Answer<>();
        reconfiguration.promotions().promote(LEARNER, answer);
        assertThat(answer.error()).isEqualTo(EtcdError.NOT_LEADER);
        assertThat(promote(7).isGiven()).isFalse();
        assertThat(forwarded).hasSize(1);
    }

    @Test
    void passesOnWhatTheLeaderAnswers() {
        followOther();
        Answer<List<Member>> answer = promote(LEARNER);
        forwarded.remove().completed(MEMBERS);
        assertThat(answer.result()).isEqualTo(MEMBERS);
    }

    @ParameterizedTest
    @EnumSource(names = {"MEMBER_NOT_FOUND", "MEMBER_NOT_LEARNER", "LEARNER_NOT_READY"})
    void aLeadersVerdictIsFinal(EtcdError error) {
        followOther();
        Answer<List<Member>> answer = promote(LEARNER);
        forwarded.remove().failed(new EtcdException(error));
        assertThat(answer.error()).isEqualTo(error);
    }

    @Test
    void looksForTheLeaderUntilTheTimeIsUp() {
        followOther();
        Answer<List<Member>> answer = promote(LEARNER);
        for (EtcdError error : List.of(EtcdError.NOT_LEADER, EtcdError.NO_LEADER, EtcdError.TIMEOUT)) {
            forwarded.remove().failed(new EtcdException(error));
            assertThat(forwarded).isEmpty();
            reconfiguration.tick();
            reconfiguration.tick();
            assertThat(forwarded).hasSize(1);
        }
        time.advance(LIMIT);
        reconfiguration.tick();
        assertThat(answer.error()).isEqualTo(EtcdError.TIMEOUT);
        // Too late.
        forwarded.remove().completed(MEMBERS);
        assertThat(answer.error()).isEqualTo(EtcdError.TIMEOUT);
    }

    @Test
    void doesItItselfWhenItLeadsMeanwhile() {
        followOther();
        Answer<List<Member>> answer = promote(LEARNER);
        forwarded.remove().failed(new EtcdException(EtcdError.NOT_LEADER));
        raft.leading = true;
        raft.matchIndexes.put(LEARNER, 1_000L);
        reconfiguration.tick();
        assertThat(answer.result()).isEqualTo(MEMBERS);
    }

    @Test
    void saysSoWhenThereWasNoLeader() {
        raft.leading = false;
        Answer<List<Member>> answer = promote(LEARNER);
        time.advance(LIMIT.minusNanos(1));
        reconfiguration.tick();
        assertThat(answer.isGiven()).isFalse();
        time.advanceMillis(1);
        reconfiguration.tick();
        assertThat(answer.error()).isEqualTo(EtcdError.NO_LEADER);
    }

    @Test
    void stoppingAnswersWhatWaits() {
        followOther();
        Answer<List<Member>> answer = promote(LEARNER);
        reconfiguration.close();
        assertThat(answer.error()).isEqualTo(EtcdError.STOPPED);
        assertThat(promote(LEARNER).error()).isEqualTo(EtcdError.STOPPED);
    }
}
