package io.etcetera.server;

/** Refuses configurations that no member can run with, in etcd's words. */
final class ConfigCheck {
    private static final long MAX_ELECTION_MILLIS = 50_000;

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
    }

    private static EtcdStartException refused(String message) {
        return new EtcdStartException(message, null);
    }
}
