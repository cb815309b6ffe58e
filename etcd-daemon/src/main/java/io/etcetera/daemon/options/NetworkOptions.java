package io.etcetera.daemon.options;

import static io.etcetera.daemon.options.Option.Section.MEMBER;
import static io.etcetera.daemon.options.Option.Standing.BUILT;

import io.etcetera.server.NetworkConfig;
import io.etcetera.server.text.GoDuration;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The options of sockets, and of connections between members. */
public final class NetworkOptions {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkOptions.class);

    static final Option<Boolean> SOCKET_REUSE_PORT = option(
            "socket-reuse-port",
            OptionTypes.BOOL,
            false,
            "socket-options.reuse-port",
            "Let other processes listen on the same ports (SO_REUSEPORT).");

    static final Option<Boolean> SOCKET_REUSE_ADDRESS = option(
            "socket-reuse-address",
            OptionTypes.BOOL,
            false,
            "socket-options.reuse-address",
            "Take ports on which old connections are still closing (SO_REUSEADDR).");

    static final Option<Duration> RAFT_READ_TIMEOUT = option(
            "raft-read-timeout",
            OptionTypes.DURATION,
            NetworkConfig.SHORTEST_PEER_TIMEOUT,
            null,
            "How long a silent peer's connection is kept; more than 5s to wait longer than the election timeout asks.");

    static final Option<Duration> RAFT_WRITE_TIMEOUT = option(
            "raft-write-timeout",
            OptionTypes.DURATION,
            NetworkConfig.SHORTEST_PEER_TIMEOUT,
            null,
            "How long what is sent to a peer may wait for its answer; likewise.");

    private NetworkOptions() {}

    static List<Option<?>> table() {
        return List.of(SOCKET_REUSE_PORT, SOCKET_REUSE_ADDRESS, RAFT_READ_TIMEOUT, RAFT_WRITE_TIMEOUT);
    }

    /** Raises timeouts that are too short, and says so. */
    public static void complete(Settings settings) {
        for (Option<Duration> option : List.of(RAFT_READ_TIMEOUT, RAFT_WRITE_TIMEOUT)) {
            if (settings.get(option).compareTo(NetworkConfig.SHORTEST_PEER_TIMEOUT) < 0) {
                settings.put(option, NetworkConfig.SHORTEST_PEER_TIMEOUT);
                LOG.info(
                        "{} increased to minimum value: {}",
                        option.name(),
                        GoDuration.format(NetworkConfig.SHORTEST_PEER_TIMEOUT));
            }
        }
    }

    public static NetworkConfig config(Settings settings) {
        return NetworkConfig.DEFAULT
                .withSocketReuse(settings.get(SOCKET_REUSE_PORT), settings.get(SOCKET_REUSE_ADDRESS))
                .withPeerTimeouts(settings.get(RAFT_READ_TIMEOUT), settings.get(RAFT_WRITE_TIMEOUT));
    }

    /** Says which socket options are set, if any are. */
    public static void log(Settings settings) {
        boolean address = settings.get(SOCKET_REUSE_ADDRESS);
        boolean port = settings.get(SOCKET_REUSE_PORT);
        if (address || port) {
            LOG.atInfo()
                    .addKeyValue("reuse-address", address)
                    .addKeyValue("reuse-port", port)
                    .log("configuring socket options");
        }
    }

    private static <T> Option<T> option(
            String name, OptionType<T> type, T defaultValue, @Nullable String yamlKey, String help) {
        return new Option<>(name, type, defaultValue, yamlKey, BUILT, MEMBER, help, null);
    }
}
