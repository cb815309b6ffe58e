package io.etcetera.server.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.TestMetrics;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RaftReadBarrierTest {
    private final ManualTime time = new ManualTime();
    private final FakeRaftNode raft = new FakeRaftNode();
    private final AppliedIndex applied = new AppliedIndex(0);
    private final RaftReadBarrier barrier = new RaftReadBarrier(
            Duration.ofSeconds(7), applied, time, TestMetrics.create().requests());

    @BeforeEach
    void attach() {
        barrier.attach(raft);
    }

    private Answer<String> read() {
        Answer<String> answer = new Answer<>();
        barrier.await("token", answer);
        return answer;
    }

    @Test
    void completesInlineWhenTheIndexIsApplied() {
        raft.committedIndex = 5;
        applied.advance(5);
        assertThat(read().result()).isEqualTo("token");
    }

    @Test
    void waitsUntilTheIndexIsApplied() {
        raft.committedIndex = 5;
        Answer<String> answer = read();
        applied.advance(4);
        assertThat(answer.isGiven()).isFalse();
        applied.advance(5);
        assertThat(answer.result()).isEqualTo("token");
        barrier.leaderChanged(2);
        barrier.close();
    }

    @Test
    void aNewLeaderEndsReadsThatHaveNoIndexYet() {
        raft.answerReads = false;
        Answer<String> asking = read();
        raft.answerReads = true;
        raft.committedIndex = 1;
        Answer<String> waiting = read();

        barrier.leaderChanged(0);
        assertThat(asking.isGiven()).isFalse();
        barrier.leaderChanged(7);
        assertThat(asking.error()).isEqualTo(EtcdError.LEADER_CHANGED);
        raft.reads.get(0).ready(1);
        applied.advance(1);
        assertThat(waiting.result()).isEqualTo("token");
    }

    @Test
    void asksAgainWhileThereIsNoLeader() {
        raft.leading = false;
        Answer<String> answer = read();
        barrier.tick();
        assertThat(answer.isGiven()).isFalse();
        raft.leading = true;
        barrier.tick();
        assertThat(answer.result()).isEqualTo("token");
    }

    @Test
    void timesOut() {
        raft.leading = false;
        Answer<String> withoutLeader = read();
        raft.leading = true;
        raft.committedIndex = 9;
        Answer<String> notApplied = read();
        time.advance(Duration.ofSeconds(7));
        barrier.tick();
        assertThat(withoutLeader.error()).isEqualTo(EtcdError.TIMEOUT);
        assertThat(notApplied.error()).isEqualTo(EtcdError.TIMEOUT);
        applied.advance(9);
    }

    @Test
    void stopsWithTheMember() {
        raft.answerReads = false;
        Answer<String> byLog = read();
        Answer<String> byClose = read();
        raft.reads.get(0).failed(new RaftException(Kind.STOPPED, "closed"));
        assertThat(byLog.error()).isEqualTo(EtcdError.STOPPED);
        barrier.close();
        assertThat(byClose.error()).isEqualTo(EtcdError.STOPPED);
        assertThat(read().error()).isEqualTo(EtcdError.STOPPED);
    }
}
