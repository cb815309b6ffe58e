package io.etcetera.server.cluster.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.ManualTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstElectionTest {
    private static final Duration HEARTBEAT = Duration.ofMillis(100);
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private final FakeRaftNode raft = new FakeRaftNode();
    private final Set<Long> connected = new HashSet<>();

    @BeforeEach
    void threeVotersWithoutALeader() {
        raft.voters = Set.of(1L, 2L, 3L);
        raft.leading = false;
    }

    private FirstElection election(long seed) {
        return new FirstElection(
                raft,
                1,
                id -> connected.contains(id) ? OptionalLong.of(time.nanoTime()) : OptionalLong.empty(),
                HEARTBEAT,
                ELECTION_TIMEOUT,
                time,
                new SplittableRandom(seed));
    }

    private void runFor(FirstElection election, long millis) {
        for (long passed = 0; passed < millis; passed += 50) {
            election.tick();
            time.advanceMillis(50);
        }
        election.tick();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isCalledOnceWithinAnElectionTimeoutOfTheFirstConnection(long seed) {
        FirstElection election = election(seed);
        runFor(election, 2_000);
        connected.add(2L);
        runFor(election, 150);
        assertThat(raft.campaigns)
                .as("a leader has two heartbeats to show itself")
                .isZero();
        runFor(election, 1_000);
        assertThat(raft.campaigns).isOne();
        runFor(election, 10_000);
        assertThat(raft.campaigns).isOne();
    }

    @Test
    void notWhenALeaderShowsItself() {
        connected.add(2L);
        FirstElection election = election(1);
        election.tick();
        raft.otherLeader = 2;
        election.tick();
        raft.otherLeader = 0;
        runFor(election, 10_000);
        assertThat(raft.campaigns).isZero();
    }

    @Test
    void notWithoutAQuorum() {
        runFor(election(1), 20_000);
        assertThat(raft.campaigns).isZero();
    }

    @Test
    void notByALearner() {
        raft.voters = Set.of(2L, 3L);
        connected.addAll(Set.of(2L, 3L));
        runFor(election(1), 4_000);
        assertThat(raft.campaigns).isZero();
    }

    @Test
    void notByWhoComesLate() {
        FirstElection election = election(1);
        runFor(election, 5_100);
        connected.addAll(Set.of(2L, 3L));
        runFor(election, 3_000);
        assertThat(raft.campaigns).isZero();
    }
}
