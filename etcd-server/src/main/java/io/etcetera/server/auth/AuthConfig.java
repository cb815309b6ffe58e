package io.etcetera.server.auth;

import java.time.Duration;

/**
 * How callers prove who they are.
 *
 * @param token kind of token and its options, as etcd's flag has them: {@code simple}, or {@code jwt,sign-method=...,...}
 * @param tokenTtl how long a simple token lives after its last use; zero means the default, and so does more than
 *     Go can count in nanoseconds
 * @param bcryptCost binary logarithm of the rounds that hash a password; what is outside of 4 to 31 means the default
 */
public record AuthConfig(String token, Duration tokenTtl, long bcryptCost) {
    private static final Duration DEFAULT_TTL = Duration.ofMinutes(5);
    private static final Duration LONGEST_TTL = Duration.ofNanos(Long.MAX_VALUE);

    /** What etcd does when nothing is said. */
    public static final AuthConfig DEFAULT = new AuthConfig("simple", DEFAULT_TTL, Passwords.DEFAULT_COST);

    public AuthConfig {
        tokenTtl = tokenTtl.isZero() || tokenTtl.compareTo(LONGEST_TTL) > 0 ? DEFAULT_TTL : tokenTtl;
    }

    /** With another kind of token. */
    public AuthConfig withToken(String value) {
        return new AuthConfig(value, tokenTtl, bcryptCost);
    }

    /** With another life time of simple tokens. */
    public AuthConfig withTokenTtl(Duration value) {
        return new AuthConfig(token, value, bcryptCost);
    }

    /** With another cost of passwords. */
    public AuthConfig withBcryptCost(long value) {
        return new AuthConfig(token, tokenTtl, value);
    }
}
