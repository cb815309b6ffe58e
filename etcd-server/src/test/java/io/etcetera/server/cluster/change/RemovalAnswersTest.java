package io.etcetera.server.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.MemberRemoveResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RemovalAnswersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Message REMOVED = MemberRemoveResponse.getDefaultInstance();

    private final ManualTime time = new ManualTime();
    private final FakeGroup group = new FakeGroup(1, 2, 3);
    private final RemovalAnswers answers = new RemovalAnswers(1, group.node(1), PATIENCE, time);
    private final Answer<Message> answer = new Answer<>();

    private ResultCallback<Message> removalOf(long memberId) {
        return answers.holding(memberId, answer);
    }

    @Test
    void waitForTheGroup() {
        removalOf(3).completed(REMOVED);
        answers.tick();
        assertThat(answer.isGiven()).isFalse();

        group.voters.remove(3L);
        answers.tick();
        assertThat(answer.isGiven()).isTrue();
    }

    @Test
    void waitForLearnersToo() {
        group.learners.add(4L);
        removalOf(4).completed(REMOVED);
        answers.tick();
        assertThat(answer.isGiven()).isFalse();

        group.learners.clear();
        answers.tick();
        assertThat(answer.isGiven()).isTrue();
    }

    @Test
    void doNotWaitForAGroupThatDoesNotGetOn() {
        removalOf(3).completed(REMOVED);
        time.advance(PATIENCE);
        answers.tick();

        assertThat(answer.isGiven()).isTrue();
    }

    @Test
    void comeAtOnceFromWhoIsGoneOrIsNeverThere() {
        removalOf(1).completed(REMOVED);
        assertThat(answer.isGiven()).isTrue();

        Answer<Message> other = new Answer<>();
        answers.holding(7, other).completed(REMOVED);
        assertThat(other.isGiven()).isTrue();
    }

    @Test
    void comeWhenTheMemberStops() {
        removalOf(3).completed(REMOVED);
        answers.close();
        assertThat(answer.isGiven()).isTrue();

        Answer<Message> late = new Answer<>();
        answers.holding(3, late).completed(REMOVED);
        assertThat(late.isGiven()).isTrue();
    }

    @Test
    void refusalsDoNotWait() {
        Answer<Message> refused = new Answer<>();
        answers.holding(3, refused).failed(new EtcdException(EtcdError.MEMBER_NOT_FOUND));
        assertThat(refused.isGiven()).isTrue();
    }
}
