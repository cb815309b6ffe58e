package io.etcetera.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.NetworkConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration ELECTION = Duration.ofSeconds(1);

    private static NetworkConfig timeouts(int readSeconds, int writeSeconds) {
        return NetworkConfig.DEFAULT.withPeerTimeouts(
                Duration.ofSeconds(readSeconds), Duration.ofSeconds(writeSeconds));
    }

    @Test
    void followsTheElectionTimeout() {
        assertThat(Pace.of(ELECTION, NetworkConfig.DEFAULT)).isEqualTo(new Pace(250, 1_000, 1_000, 6, 120, 40));
        assertThat(Pace.of(ELECTION, timeouts(1, 5))).isEqualTo(Pace.of(ELECTION, NetworkConfig.DEFAULT));
    }

    @Test
    void isAsPatientAsItIsTold() {
        assertThat(Pace.of(ELECTION, timeouts(10, 5))).isEqualTo(new Pace(250, 1_000, 1_000, 41, 120, 40));
        assertThat(Pace.of(ELECTION, timeouts(60, 20))).isEqualTo(new Pace(250, 1_000, 1_000, 241, 241, 81));
    }
}
