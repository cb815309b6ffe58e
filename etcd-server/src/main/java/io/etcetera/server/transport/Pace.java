package io.etcetera.server.transport;

import io.etcetera.server.NetworkConfig;
import java.time.Duration;

/**
 * How fast things go between members, all in relation to the election timeout: a link that is dead without a word is
 * noticed within one and a half of it, unless the configuration asks for more patience.
 *
 * @param tickMillis how often a link pings
 * @param maxBackoffMillis longest wait before a broken link is tried again
 * @param connectMillis how long a connection may take to come about
 * @param silentTicks ticks without any answer after which the link that is a peer's pulse is dead
 * @param silentBulkTicks the same for links on which answers wait behind megabytes
 * @param appendTicks ticks that entries wait for their answer; the log itself gives up earlier
 */
public record Pace(
        long tickMillis,
        long maxBackoffMillis,
        int connectMillis,
        long silentTicks,
        long silentBulkTicks,
        long appendTicks) {
    private static final long SILENT_TICKS = 6;
    private static final long SILENT_BULK_TICKS = 120;
    private static final long APPEND_TICKS = 40;

    private static final int TICKS_PER_ELECTION = 4;
    private static final long SHORTEST_TICK_MILLIS = 10;

    public static Pace of(Duration electionTimeout, NetworkConfig network) {
        long millis = electionTimeout.toMillis();
        long tick = Math.max(SHORTEST_TICK_MILLIS, millis / TICKS_PER_ELECTION);
        return new Pace(
                tick,
                millis,
                Math.toIntExact(millis),
                patient(SILENT_TICKS, network.peerReadTimeout(), tick),
                patient(SILENT_BULK_TICKS, network.peerReadTimeout(), tick),
                patient(APPEND_TICKS, network.peerWriteTimeout(), tick));
    }

    /** The shortest timeout is etcd's default, and nobody's wish. */
    private static long patient(long ticks, Duration timeout, long tickMillis) {
        return timeout.equals(NetworkConfig.SHORTEST_PEER_TIMEOUT)
                ? ticks
                : Math.max(ticks, timeout.toMillis() / tickMillis + 1);
    }
}
