package io.etcetera.server.auth;

import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What callers show instead of their password. Who has logged in is decided by the log, so every member hears of it; what a member
 * makes of that is its own matter. Thread-safe, but for what the apply thread alone may call.
 */
public sealed interface Tokens permits SimpleTokens, JwtTokens, NoTokens {

    /**
     * The tokens that an option of etcd asks for.
     *
     * @param appliedIndex index of the last entry applied on this member
     * @throws IllegalArgumentException with etcd's words if there are none such
     */
    static Tokens open(AuthConfig config, LongSupplier appliedIndex, TimeSource time) {
        TokenOptions options = TokenOptions.parse(config.token());
        return switch (options.type()) {
            case "simple" -> new SimpleTokens(config.tokenTtl(), appliedIndex, time);
            case "jwt" -> new JwtTokens(JwtOptions.read(options.values()), time);
            case "" -> new NoTokens();
            default -> throw TokenOptions.invalid(List.of("unknown token type " + options.type()));
        };
    }

    /** Authentication has been turned on. Apply thread, or before there is one. */
    default void enable() {}

    /** Authentication has been turned off: forgets everybody. Apply thread only. */
    default void disable() {}

    /** A user has gone, or has another password. Apply thread only. */
    default void dropAllOf(String username) {}

    /** What a proposal to log in has to hold, so that all members come to the same token. */
    default String newPrefix() {
        return "";
    }

    /**
     * A user has logged in, by the entry of this index. Apply thread only.
     *
     * @param prefix what {@link #newPrefix} has given to the member where that was
     * @return the token, or nothing if the member where that was makes it
     * @throws EtcdException AUTH_FAILED if there are no tokens
     */
    default String assign(String username, String prefix, long index) throws EtcdException {
        return "";
    }

    /**
     * The token to hand to a user, once {@link #assign} has been called on this member. May take a millisecond.
     *
     * @param assigned what that has returned
     * @throws EtcdException VERIFY_ONLY if this member cannot make any
     */
    default String issue(String assigned, String username, long authRevision) throws EtcdException {
        return assigned;
    }

    /**
     * Says whose token this is; at once, or when this member has got so far as to know. Fails with INVALID_AUTH_TOKEN.
     *
     * @param currentRevision revision of users and roles, for tokens that are good for any
     */
    void resolve(String token, LongSupplier currentRevision, ResultCallback<Caller> callback);

    /** Drops what has expired. To be called every 100 ms or so. */
    default void tick() {}
}
