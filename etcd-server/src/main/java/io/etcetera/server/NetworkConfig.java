package io.etcetera.server;

import java.time.Duration;

/**
 * How a member uses the network, beyond where it listens.
 *
 * @param reusePort let other processes listen on the same ports (SO_REUSEPORT)
 * @param reuseAddress take a port on which connections of an earlier process are still closing (SO_REUSEADDR); on Linux,
 *     that is so in any case
 * @param peerReadTimeout how long nothing may come from a peer before its connection is given up. At least 5 s; only what
 *     is longer makes a difference, since else the election timeout decides, and that is earlier
 * @param peerWriteTimeout how long what is sent to a peer may wait for its answer; likewise
 */
public record NetworkConfig(
        boolean reusePort, boolean reuseAddress, Duration peerReadTimeout, Duration peerWriteTimeout) {

    /** The least that either timeout can be, and its default. */
    public static final Duration SHORTEST_PEER_TIMEOUT = Duration.ofSeconds(5);

    /** etcd's defaults. */
    public static final NetworkConfig DEFAULT =
            new NetworkConfig(false, false, SHORTEST_PEER_TIMEOUT, SHORTEST_PEER_TIMEOUT);

    public NetworkConfig {
        peerReadTimeout = atLeastShortest(peerReadTimeout);
        peerWriteTimeout = atLeastShortest(peerWriteTimeout);
    }

    private static Duration atLeastShortest(Duration timeout) {
        return timeout.compareTo(SHORTEST_PEER_TIMEOUT) < 0 ? SHORTEST_PEER_TIMEOUT : timeout;
    }

    /** The same with other options of listening sockets. */
    public NetworkConfig withSocketReuse(boolean port, boolean address) {
        return new NetworkConfig(port, address, peerReadTimeout, peerWriteTimeout);
    }

    /** The same with other timeouts between members. */
    public NetworkConfig withPeerTimeouts(Duration read, Duration write) {
        return new NetworkConfig(reusePort, reuseAddress, read, write);
    }
}
