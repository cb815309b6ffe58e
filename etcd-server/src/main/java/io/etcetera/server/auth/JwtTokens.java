package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.text.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens that say themselves whose they are, and are believed because of their signature (RFC 7519): no member has to remember
 * them. They hold the revision of users and roles at the login and are good for that one alone. Only the configured way of signing
 * is looked at, whatever a token says of itself beyond that.
 */
final class JwtTokens implements Tokens {
    private static final Logger log = LoggerFactory.getLogger(JwtTokens.class);
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final int PARTS = 3;

    private final JwtOptions options;
    private final TimeSource time;
    private final VerifiedTokens verifiedTokens = new VerifiedTokens();

    JwtTokens(JwtOptions options, TimeSource time) {
        this.options = options;
        this.time = time;
    }

    @Override
    public String issue(String assigned, String username, long authRevision) throws EtcdException {
        if (!options.key().canSign()) {
            throw new EtcdException(EtcdError.VERIFY_ONLY);
        }
        String header = "{\"alg\":\"" + options.method() + "\",\"typ\":\"JWT\"}";
        String claims = "{\"exp\":" + (nowSeconds() + options.ttl().toSeconds()) + ",\"revision\":"
                + Long.toUnsignedString(authRevision) + ",\"username\":" + Json.quote(username) + "}";
        String content = encode(header) + "." + encode(claims);
        try {
            byte[] signature = options.key().sign(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + ENCODER.encodeToString(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a token cannot be signed with " + options.method(), e);
        }
    }

    private static String encode(String json) {
        return ENCODER.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private long nowSeconds() {
        return TimeUnit.MILLISECONDS.toSeconds(time.currentTimeMillis());
    }

    @Override
    public void resolve(String token, LongSupplier currentRevision, ResultCallback<Caller> callback) {
        Optional<Caller> caller;
        try {
            caller = claims(token, currentRevision.getAsLong())
                    .filter(claims -> claims.isGoodAt(nowSeconds()))
                    .map(JwtClaims::caller);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            log.atDebug().addKeyValue("reason", e.getClass().getSimpleName()).log("failed to parse a JWT token");
            caller = Optional.empty();
        }
        if (caller.isPresent()) {
            callback.completed(caller.get());
        } else {
            callback.failed(new EtcdException(EtcdError.INVALID_AUTH_TOKEN));
        }
    }

    /** What a token claims, if it is signed as it has to be. */
    private Optional<JwtClaims> claims(String token, long authRevision) throws GeneralSecurityException {
        if (options.method().family() == JwtMethod.Family.HMAC) {
            return verified(token); // which takes no longer than to look for it
        }
        ByteString key = VerifiedTokens.key(token);
        Optional<JwtClaims> known = verifiedTokens.find(key, nowSeconds(), authRevision);
        if (known.isPresent()) {
            return known;
        }
        Optional<JwtClaims> claims = verified(token);
        claims.filter(read -> read.caller().authRevision() == authRevision)
                .ifPresent(read -> verifiedTokens.add(key, read));
        return claims;
    }

    private Optional<JwtClaims> verified(String token) throws GeneralSecurityException {
        String[] parts = token.split("\\.", -1);
        if (parts.length != PARTS
                || !options.method().name().equals(decode(parts[0]).get("alg"))) {
            return Optional.empty();
        }
        byte[] content = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.UTF_8);
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        return options.key().verify(content, signature)
                ? Optional.of(JwtClaims.of(decode(parts[1])))
                : Optional.empty();
    }

    private static Map<String, Object> decode(String part) {
        return Json.parseObject(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
    }
}
