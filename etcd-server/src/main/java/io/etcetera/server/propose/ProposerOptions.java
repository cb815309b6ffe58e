package io.etcetera.server.propose;

import io.etcetera.server.EtcdConfig;
import java.time.Duration;

/**
 * Limits of the write path.
 *
 * @param memberId goes into request IDs
 * @param maxRequestBytes largest encoded request, header included
 * @param requestTimeout how long a call waits for a leader and for being applied
 * @param electionTimeout tells timeouts that a lost leader explains from others
 */
public record ProposerOptions(long memberId, int maxRequestBytes, Duration requestTimeout, Duration electionTimeout) {
    public static ProposerOptions of(EtcdConfig config, long memberId) {
        return new ProposerOptions(
                memberId, config.maxRequestBytes(), config.requestTimeout(), config.electionTimeout());
    }
}
