package io.etcetera.server;

import java.time.Duration;
import java.util.Optional;

/**
 * How members make sure that they hold the same.
 *
 * @param atStart compare with the others before serving, and refuse to start if they differ
 * @param periodic how often a leader compares the present stores; empty for never
 * @param compactions how often a leader compares what compactions have hashed; empty for never
 */
public record ConsistencyChecks(boolean atStart, Optional<Duration> periodic, Optional<Duration> compactions) {
    /** Nothing is compared. */
    public static final ConsistencyChecks NONE = new ConsistencyChecks(false, Optional.empty(), Optional.empty());
}
