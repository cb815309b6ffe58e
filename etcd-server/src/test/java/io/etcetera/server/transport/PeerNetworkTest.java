package io.etcetera.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.raft.transport.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PeerNetworkTest {

    private static <T> T get(CompletableFuture<T> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void keepsALanesOrderAndMatchesItsAnswers() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.start(2);
            one.serve();
            two.serve();
            one.awaitActive(2);
            List<CompletableFuture<String>> answers = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                answers.add(one.send(2, Lane.APPEND, "a" + i));
                expected.add("1 APPEND a" + i);
            }
            for (int i = 0; i < 500; i++) {
                assertThat(get(answers.get(i))).isEqualTo("A" + i);
            }
            assertThat(two.received).isEqualTo(expected);
            assertThat(get(two.send(1, Lane.CONTROL, "vote"))).isEqualTo("VOTE");
            assertThat(one.received).containsExactly("2 CONTROL vote");
        }
    }

    @Test
    void failsWhatIsOutstandingAndReachesAPeerThatComesBack() throws Exception {
        try (TestPeers group = new TestPeers(2)) {
            TestPeer one = group.start(1);
            TestPeer two = group.start(2);
            two.answers = false;
            two.serve();
            one.awaitActive(2);
            CompletableFuture<String> outstanding = one.send(2, Lane.APPEND, "lost");
            TestPeers.await("the message to arrive", () -> !two.received.isEmpty());
            group.stop(2);
            assertThatThrownBy(() -> get(outstanding)).isInstanceOf(ExecutionException.class);
            one.awaitInactive(2);
            assertThatThrownBy(() -> get(one.send(2, Lane.CONTROL, "nobody there")))
                    .isInstanceOf(ExecutionException.class);
            TestPeer again = group.start(2);
            again.serve();
            one.awaitActive(2);
            assertThat(get(one.send(2, Lane.APPEND, "back"))).isEqualTo("BACK");
        }
    }
}
