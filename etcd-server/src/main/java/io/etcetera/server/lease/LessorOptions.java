package io.etcetera.server.lease;

import io.etcetera.server.EtcdConfig;
import java.time.Duration;

/**
 * Times that leases keep to.
 *
 * @param minTtlSeconds shorter grants are raised to this
 * @param electionTimeout how much a new leader adds to every lease: as long as nobody could renew
 * @param requestTimeout how long a renewal waits for a leader, or for the revoke of a lease that it came too late for
 */
public record LessorOptions(long minTtlSeconds, Duration electionTimeout, Duration requestTimeout) {

    /** The shortest lease outlives one and a half election timeouts, counted in whole heartbeats and whole seconds. */
    public static LessorOptions of(EtcdConfig config) {
        long heartbeatMillis = config.heartbeatInterval().toMillis();
        long electionTicks = config.electionTimeout().toMillis() / heartbeatMillis;
        long minMillis = 3 * electionTicks / 2 * heartbeatMillis;
        return new LessorOptions((minMillis + 999) / 1000, config.electionTimeout(), config.requestTimeout());
    }
}
