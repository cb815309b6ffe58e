package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Signed tokens whose signature was found right: to check one by a public key takes as long as all the rest of a small read.
 * Tokens are known by their SHA-256, so that none is kept, and looking for one tells nothing about others. What is no longer good,
 * by time or because users and roles have changed, is not found. Thread-safe.
 */
final class VerifiedTokens {
    /** A few hundred bytes each. The one that was not used for longest makes room. */
    private static final int MOST = 4_096;

    private final Map<ByteString, JwtClaims> claims = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteString, JwtClaims> eldest) {
            return size() > MOST;
        }
    };

    /** What a token is known by. */
    static ByteString key(String token) {
        return ByteString.copyFrom(Sha256.newDigest().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The claims of a token that was verified and is good now.
     *
     * @param authRevision revision of users and roles at this moment
     */
    synchronized Optional<JwtClaims> find(ByteString key, long epochSeconds, long authRevision) {
        JwtClaims known = claims.get(key);
        if (known != null && (!known.isGoodAt(epochSeconds) || known.caller().authRevision() != authRevision)) {
            claims.remove(key);
            return Optional.empty();
        }
        return Optional.ofNullable(known);
    }

    /** Remembers a token whose signature is right. */
    synchronized void add(ByteString key, JwtClaims verified) {
        claims.put(key, verified);
    }

    synchronized int size() {
        return claims.size();
    }
}
