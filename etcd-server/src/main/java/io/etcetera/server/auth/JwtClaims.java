package io.etcetera.server.auth;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * What a signed token says, as far as it matters here.
 *
 * @param caller its user, and the revision of users and roles at the login
 * @param notBefore seconds since 1970 from which on it is good
 * @param expiry seconds since 1970 from which on it is good no more
 */
record JwtClaims(Caller caller, Optional<BigDecimal> notBefore, Optional<BigDecimal> expiry) {

    /** @throws IllegalArgumentException if it says too little, or something else than it should */
    static JwtClaims of(Map<String, Object> claims) {
        if (!(claims.get("username") instanceof String username)) {
            throw new IllegalArgumentException("no name of a user");
        }
        // A double, as it is in Go: that of whatever size is harmless.
        long revision = (long) number(claims, "revision")
                .orElseThrow(() -> new IllegalArgumentException("no revision"))
                .doubleValue();
        return new JwtClaims(new Caller(username, revision), number(claims, "nbf"), number(claims, "exp"));
    }

    private static Optional<BigDecimal> number(Map<String, Object> claims, String name) {
        Object value = claims.get(name);
        if (value == null) {
            return Optional.empty();
        } else if (value instanceof BigDecimal fraction) {
            return Optional.of(fraction);
        } else if (value instanceof BigInteger whole) {
            return Optional.of(new BigDecimal(whole));
        }
        throw new IllegalArgumentException("not a number: " + name);
    }

    /** Whether it is good at a moment. */
    boolean isGoodAt(long epochSeconds) {
        BigDecimal now = BigDecimal.valueOf(epochSeconds);
        return notBefore.filter(begin -> now.compareTo(begin) < 0).isEmpty()
                && expiry.filter(end -> now.compareTo(end) >= 0).isEmpty();
    }
}
