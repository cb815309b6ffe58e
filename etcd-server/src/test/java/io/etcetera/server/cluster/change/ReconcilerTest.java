package io.etcetera.server.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.raft.MemberChange.AddLearner;
import io.etcetera.raft.MemberChange.AddVoter;
import io.etcetera.raft.MemberChange.Remove;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.server.testing.FakeMembership;
import io.etcetera.server.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReconcilerTest {
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final FakeGroup group = new FakeGroup(1, 2, 3);
    private final FakeMembership membership = FakeMembership.ofVoters(1, 1, 2, 3);
    private final Reconciler reconciler = new Reconciler(membership, group.node(1), RETRY_DELAY, time);

    private static Member member(long id, boolean learner) {
        return Member.newBuilder().setID(id).setIsLearner(learner).build();
    }

    private void step() {
        reconciler.tick();
        group.finish();
    }

    @Test
    void doesNothingWhileAllIsAsItShouldBe() {
        reconciler.tick();
        assertThat(group.pending).isNull();
    }

    @Test
    void aNewVoterFollowsFirstAndVotesOnceItHasCaughtUp() {
        membership.put(member(4, false));
        reconciler.tick();
        assertThat(group.begun().change()).isEqualTo(new AddLearner(4));
        group.finish();
        for (int i = 0; i < 100; i++) {
            reconciler.tick();
            assertThat(group.pending).isNull();
        }
        group.running.add(4L);
        reconciler.tick();
        assertThat(group.begun().change()).isEqualTo(new AddVoter(4));
        group.finish();
        assertThat(group.voters).containsExactly(1L, 2L, 3L, 4L);
        reconciler.tick();
        assertThat(group.pending).isNull();
    }

    @Test
    void aLearnerStaysOneUntilItIsPromoted() {
        membership.put(member(4, true));
        group.running.add(4L);
        step();
        reconciler.tick();
        assertThat(group.pending).isNull();
        membership.put(member(4, false));
        step();
        assertThat(group.voters).contains(4L);
        assertThat(group.learners).isEmpty();
    }

    @Test
    void makesOneChangeAtATime() {
        membership.put(member(4, true));
        membership.put(member(5, true));
        reconciler.tick();
        FakeGroup.Pending first = group.begun();
        reconciler.tick();
        assertThat(group.begun()).isEqualTo(first);
        group.finish();
        reconciler.tick();
        assertThat(group.begun().change()).isEqualTo(new AddLearner(5));
    }

    @Test
    void removesBeforeItAdds() {
        membership.put(member(4, false));
        membership.remove(3);
        reconciler.tick();
        assertThat(group.begun().change()).isEqualTo(new Remove(3));
        group.finish();
        reconciler.tick();
        assertThat(group.begun().change()).isEqualTo(new AddLearner(4));
    }

    /** The engine takes a learner out before it makes it a voter, and leaves it out if it does not answer. */
    @Test
    void aMemberThatDoesNotCatchUpBecomesALearnerAgain() {
        membership.put(member(4, false));
        group.running.add(4L);
        step();
        reconciler.tick();
        assertThat(group.begun().change()).isEqualTo(new AddVoter(4));
        group.running.remove(4L);
        group.finish();
        assertThat(group.learners).isEmpty();
        reconciler.tick();
        assertThat(group.pending).isNull();
        time.advance(RETRY_DELAY);
        step();
        assertThat(group.learners).containsExactly(4L);
    }

    @ParameterizedTest
    @EnumSource
    void triesAgainWhateverHasGoneWrong(Kind kind) {
        membership.put(member(4, true));
        reconciler.tick();
        group.fail(kind);
        reconciler.tick();
        assertThat(group.pending).isNull();
        time.advance(RETRY_DELAY);
        step();
        assertThat(group.learners).containsExactly(4L);
    }

    @Test
    void anotherMembersTroubleHoldsUpNobody() {
        membership.put(member(4, true));
        membership.remove(3);
        reconciler.tick();
        group.fail(Kind.UNKNOWN);
        membership.remove(2);
        // The step that failed comes first, and is due later.
        time.advance(RETRY_DELAY);
        step();
        step();
        step();
        assertThat(group.voters).containsExactly(1L);
        assertThat(group.learners).containsExactly(4L);
    }

    @Test
    void leavesItToTheNextLeader() {
        membership.put(member(4, true));
        reconciler.tick();
        FakeGroup.Pending lost = group.begun();
        group.elect(2);
        group.pending = null;
        reconciler.tick();
        assertThat(group.pending).isNull();

        // Back again before the old change has come to an end: it does not stand in the way.
        group.elect(1);
        reconciler.tick();
        FakeGroup.Pending again = group.begun();
        assertThat(again).isNotEqualTo(lost);
        lost.done().completeExceptionally(new AssertionError("too late to matter"));
        reconciler.tick();
        assertThat(group.begun()).isEqualTo(again);
    }

    @Test
    void aRemovedLeaderHandsOverAndIsTakenOutByTheNext() {
        FakeMembership others = FakeMembership.ofVoters(2, 2, 3);
        membership.remove(1);
        reconciler.tick();
        assertThat(group.leader).isEqualTo(2);
        reconciler.tick();
        assertThat(group.pending).isNull();
        new Reconciler(others, group.node(2), RETRY_DELAY, time).tick();
        assertThat(group.begun().change()).isEqualTo(new Remove(1));
    }

    @Test
    void aRemovedLeaderTriesAgainToHandOver() {
        membership.remove(1);
        group.running.remove(2L);
        group.running.remove(3L);
        reconciler.tick();
        assertThat(group.leader).isEqualTo(1);
        group.running.add(3L);
        reconciler.tick();
        assertThat(group.leader).isEqualTo(3);
    }

    @Test
    void soDoesARemovedLeaderOfTwo() {
        FakeGroup two = new FakeGroup(1, 2);
        FakeMembership one = FakeMembership.ofVoters(1, 1, 2);
        one.remove(1);
        new Reconciler(one, two.node(1), RETRY_DELAY, time).tick();
        assertThat(two.leader).isEqualTo(2);
        assertThat(two.pending).isNull();
    }

    @Test
    void theLastMemberStaysInItsGroup() {
        FakeGroup one = new FakeGroup(1);
        FakeMembership nobody = FakeMembership.ofVoters(1);
        new Reconciler(nobody, one.node(1), RETRY_DELAY, time).tick();
        assertThat(one.pending).isNull();
    }

    @Test
    void onlyTheLeaderActs() {
        membership.put(member(4, true));
        new Reconciler(FakeMembership.ofVoters(2, 1, 2, 3, 4), group.node(2), RETRY_DELAY, time).tick();
        assertThat(group.pending).isNull();
    }
}
