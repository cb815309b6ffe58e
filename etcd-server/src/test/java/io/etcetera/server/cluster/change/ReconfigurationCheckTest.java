package io.etcetera.server.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.testing.FakeMembership;
import io.etcetera.server.testing.ManualTime;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ReconfigurationCheckTest {
    private static final Member VOTER = Member.newBuilder().setID(9).build();
    private static final Member LEARNER = VOTER.toBuilder().setIsLearner(true).build();

    private final ManualTime time = new ManualTime();
    private final Map<Long, Long> activeSince = new HashMap<>();

    private ReconfigurationCheck of(FakeMembership membership) {
        return new ReconfigurationCheck(
                membership,
                id -> activeSince.containsKey(id) ? OptionalLong.of(activeSince.get(id)) : OptionalLong.empty(),
                time);
    }

    /** Connected for longer than it takes. */
    private void connect(long... ids) {
        for (long id : ids) {
            activeSince.put(id, time.nanoTime());
        }
        time.advance(ReconfigurationCheck.HEALTH_INTERVAL.plusNanos(1));
    }

    private static FakeMembership withUnstarted(FakeMembership membership, long... ids) {
        for (long id : ids) {
            membership.put(Member.newBuilder().setID(id).build());
        }
        return membership;
    }

    @Test
    void aClusterOfOneGrowsWithoutMoreAdo() {
        ReconfigurationCheck check = of(FakeMembership.ofVoters(1, 1));
        assertAllowed(() -> check.add(VOTER));
        assertAllowed(() -> check.add(LEARNER));
    }

    @Test
    void aSecondMemberIsNotAddedBeforeTheFirstOfThemHasStarted() {
        ReconfigurationCheck check = of(withUnstarted(FakeMembership.ofVoters(1, 1), 2));
        assertRefused(EtcdError.MEMBER_NOT_ENOUGH_STARTED, () -> check.add(VOTER));
        // Learners need nobody to have started, but a connection to a quorum.
        assertRefused(EtcdError.UNHEALTHY, () -> check.add(LEARNER));
        connect(2);
        assertAllowed(() -> check.add(LEARNER));
    }

    @Test
    void theNewMemberCountsAsDown() {
        ReconfigurationCheck check = of(FakeMembership.ofVoters(1, 1, 2, 3));
        connect(2);
        assertRefused(EtcdError.UNHEALTHY, () -> check.add(VOTER));
        assertRefused(EtcdError.UNHEALTHY, () -> check.add(LEARNER));
        connect(3);
        assertAllowed(() -> check.add(VOTER));
    }

    @Test
    void aConnectionCountsWhenItHasLastedFiveSeconds() {
        ReconfigurationCheck check = of(FakeMembership.ofVoters(1, 1, 2));
        activeSince.put(2L, time.nanoTime());
        time.advance(ReconfigurationCheck.HEALTH_INTERVAL);
        assertRefused(EtcdError.UNHEALTHY, () -> check.add(VOTER));
        time.advanceMillis(1);
        assertAllowed(() -> check.add(VOTER));
    }

    @Test
    void learnersDoNotCount() {
        FakeMembership membership = FakeMembership.ofVoters(1, 1);
        membership.put(Member.newBuilder().setID(2).setIsLearner(true).build());
        assertAllowed(() -> of(membership).add(VOTER));
        assertAllowed(() -> of(membership).remove(2));
        assertRefused(EtcdError.MEMBER_NOT_ENOUGH_STARTED, () -> of(membership).remove(1));
    }

    @Test
    void whoIsDownMayBeRemoved() {
        ReconfigurationCheck check = of(FakeMembership.ofVoters(1, 1, 2, 3));
        connect(2);
        assertAllowed(() -> check.remove(3));
        // Of two that are up, neither.
        assertRefused(EtcdError.UNHEALTHY, () -> check.remove(2));
        assertRefused(EtcdError.UNHEALTHY, () -> check.remove(1));
        connect(3);
        assertAllowed(() -> check.remove(1));
        assertAllowed(() -> check.remove(2));
    }

    @Test
    void enoughOfThoseThatStayMustHaveStarted() {
        ReconfigurationCheck check = of(withUnstarted(FakeMembership.ofVoters(1, 1, 2), 3));
        assertRefused(EtcdError.MEMBER_NOT_ENOUGH_STARTED, () -> check.remove(2));
        assertAllowed(() -> check.remove(3));
        // Who is no member is for others to find out.
        assertAllowed(() -> check.remove(7));
    }

    @Test
    void aPromotedLearnerCountsAsStarted() {
        assertAllowed(() -> of(FakeMembership.ofVoters(1, 1)).promote(2));
        assertAllowed(() -> of(withUnstarted(FakeMembership.ofVoters(1, 1), 2)).promote(3));
        assertRefused(
                EtcdError.MEMBER_NOT_ENOUGH_STARTED,
                () -> of(withUnstarted(FakeMembership.ofVoters(1, 1), 2, 3)).promote(4));
    }

    private static void assertAllowed(ThrowingCallable check) {
        assertThatCode(check).doesNotThrowAnyException();
    }

    private static void assertRefused(EtcdError error, ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        EtcdException.class, e -> assertThat(e.error()).isEqualTo(error));
    }
}
