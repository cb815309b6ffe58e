package io.etcetera.server;

import io.etcetera.mvcc.ByteSize;
import java.net.URI;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses configurations that no member can run with, and warns of what is unwise, in etcd's words. */
final class ConfigCheck {
    private static final long MAX_ELECTION_MILLIS = 50_000;
    private static final int RECOMMENDED_REQUEST_BYTES = 10 << 20;

    private static final Logger log = LoggerFactory.getLogger(ConfigCheck.class);

    private ConfigCheck() {}

    static void check(EtcdConfig config) throws EtcdStartException {
        long heartbeat = config.heartbeatInterval().toMillis();
        long election = config.electionTimeout().toMillis();
        if (heartbeat <= 0) {
            throw refused("--heartbeat-interval must be >0 (set to " + heartbeat + "ms)");
        }
        if (election <= 0) {
            throw refused("--election-timeout must be >0 (set to " + election + "ms)");
        }
        if (5 * heartbeat > election) {
            throw refused("--election-timeout[" + election
                    + "ms] should be at least as 5 times as --heartbeat-interval[" + heartbeat + "ms]");
        }
        if (election > MAX_ELECTION_MILLIS) {
            throw refused("--election-timeout[" + election + "ms] is too long, and should be set less than "
                    + MAX_ELECTION_MILLIS + "ms");
        }
        checkUrls(config);
        warnOfLargeRequests(config.maxRequestBytes());
    }

    private static void checkUrls(EtcdConfig config) throws EtcdStartException {
        Set<String> grpc =
                config.listenClientUrls().stream().map(ConfigCheck::address).collect(Collectors.toSet());
        for (URI url : config.http().listenClientUrls()) {
            // Port 0 is another one each time.
            if (url.getPort() != 0 && grpc.contains(address(url))) {
                throw refused(
                        "cannot bind both --listen-client-urls and --listen-client-http-urls on the same url " + url);
            }
        }
    }

    private static String address(URI url) {
        return String.valueOf(url.getRawAuthority()) + url.getRawPath();
    }

    private static void warnOfLargeRequests(int maxRequestBytes) {
        if (maxRequestBytes > RECOMMENDED_REQUEST_BYTES) {
            log.atWarn()
                    .addKeyValue("max-request-bytes", maxRequestBytes)
                    .addKeyValue("max-request-size", ByteSize.format(maxRequestBytes))
                    .addKeyValue("recommended-request-bytes", RECOMMENDED_REQUEST_BYTES)
                    .addKeyValue("recommended-request-size", ByteSize.format(RECOMMENDED_REQUEST_BYTES))
                    .log("exceeded recommended request limit");
        }
    }

    private static EtcdStartException refused(String message) {
        return new EtcdStartException(message, null);
    }
}
