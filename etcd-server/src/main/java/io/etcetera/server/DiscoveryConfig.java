package io.etcetera.server;

import java.time.Duration;
import java.util.List;

/**
 * Another etcd cluster in which the members of a new one find each other. Each registers there under a token, below which the
 * number of members has been put before. Used at the first start alone.
 *
 * @param token names the new cluster there, and mixes into its IDs in place of the initial cluster's token
 * @param endpoints of that service, as host:port or URLs; none if it is not used
 * @param dialTimeout how long a login may take
 * @param requestTimeout how long one request may take
 * @param keepAliveTime how often an idle connection is pinged
 * @param keepAliveTimeout how long the answer to that is waited for
 * @param secure TLS to it
 * @param user to log in there as; empty to do without
 * @param password of that user
 */
public record DiscoveryConfig(
        String token,
        List<String> endpoints,
        Duration dialTimeout,
        Duration requestTimeout,
        Duration keepAliveTime,
        Duration keepAliveTimeout,
        Secure secure,
        String user,
        String password) {

    /** No such service, and etcd's defaults for it. */
    public static final DiscoveryConfig NONE = new DiscoveryConfig(
            "",
            List.of(),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(6),
            new Secure(true, false, "", "", ""),
            "",
            "");

    /**
     * TLS to the service. An endpoint that is an https URL is reached with it in any case, an http URL never, and another one
     * if anything here asks for it.
     *
     * @param insecureTransport do without where nothing else here is given
     * @param skipVerify trust whoever answers
     * @param certFile certificate to show, in PEM; empty for none
     * @param keyFile its key
     * @param caFile CAs that the service's certificate is to come from; empty for those of the system
     */
    public record Secure(
            boolean insecureTransport, boolean skipVerify, String certFile, String keyFile, String caFile) {

        /** Whether an endpoint without a scheme is reached with TLS. */
        public boolean isAskedFor() {
            return !insecureTransport || skipVerify || !(certFile + keyFile + caFile).isEmpty();
        }
    }

    public DiscoveryConfig {
        endpoints = List.copyOf(endpoints);
    }

    /** The same at another place. */
    public DiscoveryConfig withService(String newToken, List<String> newEndpoints) {
        return new DiscoveryConfig(
                newToken,
                newEndpoints,
                dialTimeout,
                requestTimeout,
                keepAliveTime,
                keepAliveTimeout,
                secure,
                user,
                password);
    }

    /** The same with other times. */
    public DiscoveryConfig withTimes(Duration dial, Duration request, Duration ping, Duration pingTimeout) {
        return new DiscoveryConfig(token, endpoints, dial, request, ping, pingTimeout, secure, user, password);
    }

    /** The same with other proofs of who is who. */
    public DiscoveryConfig withCredentials(Secure newSecure, String newUser, String newPassword) {
        return new DiscoveryConfig(
                token,
                endpoints,
                dialTimeout,
                requestTimeout,
                keepAliveTime,
                keepAliveTimeout,
                newSecure,
                newUser,
                newPassword);
    }

    /** Whether members are to be found like this. */
    public boolean isWanted() {
        return !endpoints.isEmpty();
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "DiscoveryConfig[token=" + token + ", endpoints=" + endpoints + ", user=" + user + "]";
    }
}
