package io.etcetera.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.FakeMembership;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class QuorumConnectionsTest {
    private final Map<Long, Long> activeSince = new HashMap<>();

    private QuorumConnections of(int memberCount) {
        long[] ids = LongStream.rangeClosed(1, memberCount).toArray();
        return new QuorumConnections(
                FakeMembership.ofVoters(1, ids),
                id -> activeSince.containsKey(id) ? OptionalLong.of(activeSince.get(id)) : OptionalLong.empty());
    }

    @Test
    void aMemberIsReachedSinceBeforeTheMomentOrNot() {
        activeSince.put(2L, 100L);
        QuorumConnections connections = of(3);
        assertThat(connections.reachedSince(2, 101)).isTrue();
        assertThat(connections.reachedSince(2, 100)).isFalse();
        assertThat(connections.reachedSince(3, 101)).isFalse();
    }

    @Test
    void theClockMayPassItsLargestValue() {
        activeSince.put(2L, Long.MAX_VALUE);
        assertThat(of(3).reachedSince(2, Long.MIN_VALUE)).isTrue();
    }

    @Test
    void aQuorumIsMoreThanHalfOfAllAndCountsThisMember() {
        assertThat(of(1).reachedQuorumSince(10)).isTrue();
        assertThat(of(2).reachedQuorumSince(10)).isFalse();
        assertThat(of(3).reachedQuorumSince(10)).isFalse();
        activeSince.put(2L, 5L);
        assertThat(of(2).reachedQuorumSince(10)).isTrue();
        assertThat(of(3).reachedQuorumSince(10)).isTrue();
        assertThat(of(4).reachedQuorumSince(10)).isFalse();
        assertThat(of(3).reachedQuorumSince(5)).isFalse();
    }
}
