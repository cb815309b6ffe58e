package io.etcetera.server.transport;

import java.time.Duration;

/**
 * How fast things go between members, all in relation to the election timeout: a link that is dead without a word is
 * noticed within one and a half of it.
 *
 * @param tickMillis how often a link pings
 * @param maxBackoffMillis longest wait before a broken link is tried again
 * @param connectMillis how long a connection may take to come about
 */
record Pace(long tickMillis, long maxBackoffMillis, int connectMillis) {
    /** Ticks without any answer after which the link that is a peer's pulse is dead. */
    static final int SILENT_TICKS = 6;

    /** The same for links on which answers wait behind megabytes. */
    static final int SILENT_BULK_TICKS = 120;

    private static final int TICKS_PER_ELECTION = 4;
    private static final long SHORTEST_TICK_MILLIS = 10;

    static Pace of(Duration electionTimeout) {
        long millis = electionTimeout.toMillis();
        return new Pace(Math.max(SHORTEST_TICK_MILLIS, millis / TICKS_PER_ELECTION), millis, Math.toIntExact(millis));
    }
}
