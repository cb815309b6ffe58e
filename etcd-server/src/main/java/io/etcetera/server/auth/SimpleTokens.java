package io.etcetera.server.auth;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that say nothing: sixteen random letters, a dot, and the index of the entry that made them. Each member remembers whose
 * they are, from when it applies that entry until they have not been used there for their life time, and no longer than the process
 * lives.
 *
 * <p>A client may show a token to a member that has not applied the entry yet. By the number the member sees that it has to wait;
 * it does so until it has the token, or has come to the entry without finding it, or for {@link #LONGEST_WAIT}, since the number
 * may be anything that somebody made up.
 */
final class SimpleTokens implements Tokens {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int PREFIX_LENGTH = 16;
    /** With the dot, and the digits of the largest index. */
    private static final int MAX_LENGTH = PREFIX_LENGTH + 1 + 19;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    /** So that invented numbers cost no memory to speak of. */
    private static final int MOST_WAITING = 10_000;

    private final long ttlMillis;
    private final LongSupplier appliedIndex;
    private final TimeSource time;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean enabled;

    SimpleTokens(Duration ttl, LongSupplier appliedIndex, TimeSource time) {
        this.ttlMillis = ttl.toMillis();
        this.appliedIndex = appliedIndex;
        this.time = time;
    }

    /** One token's user, and when it was last of use. */
    private static final class Session {
        private final String username;
        private volatile long endMillis;

        Session(String username, long endMillis) {
            this.username = username;
            this.endMillis = endMillis;
        }
    }

    /** Somebody whose token this member may hear of yet. The first to take the answer upon itself gives it. */
    private final class Waiting extends AtomicBoolean {
        private final String token;
        private final long index;
        private final long endMillis;
        private final LongSupplier currentRevision;
        private final ResultCallback<Caller> callback;

        Waiting(String token, long index, LongSupplier currentRevision, ResultCallback<Caller> callback) {
            this.token = token;
            this.index = index;
            this.endMillis = time.monotonicMillis() + LONGEST_WAIT.toMillis();
            this.currentRevision = currentRevision;
            this.callback = callback;
        }

        void answerIfKnown(boolean lastTime) {
            Caller caller = known(token, currentRevision);
            if ((caller != null || lastTime) && compareAndSet(false, true)) {
                waiting.remove(this);
                answer(caller, callback);
            }
        }
    }

    @Override
    public void enable() {
        enabled = true;
    }

    @Override
    public void disable() {
        enabled = false;
        sessions.clear();
    }

    @Override
    public void dropAllOf(String username) {
        sessions.values().removeIf(session -> session.username.equals(username));
    }

    @Override
    public String newPrefix() {
        StringBuilder prefix = new StringBuilder(PREFIX_LENGTH);
        for (int i = 0; i < PREFIX_LENGTH; i++) {
            prefix.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return prefix.toString();
    }

    @Override
    public String assign(String username, String prefix, long index) {
        String token = prefix + "." + index;
        if (enabled) {
            sessions.put(token, new Session(username, time.monotonicMillis() + ttlMillis));
            waiting.forEach(caller -> caller.answerIfKnown(false));
        }
        return token;
    }

    @Override
    public void resolve(String token, LongSupplier currentRevision, ResultCallback<Caller> callback) {
        Caller caller = known(token, currentRevision);
        long index = caller != null ? 0 : indexOf(token);
        if (index <= appliedIndex.getAsLong() || waiting.size() >= MOST_WAITING) {
            // Looked at once more: it may have come between the first look and that at the index.
            answer(caller != null ? caller : known(token, currentRevision), callback);
            return;
        }
        Waiting later = new Waiting(token, index, currentRevision, callback);
        waiting.add(later);
        later.answerIfKnown(false);
    }

    private static void answer(@Nullable Caller caller, ResultCallback<Caller> callback) {
        if (caller != null) {
            callback.completed(caller);
        } else {
            callback.failed(new EtcdException(EtcdError.INVALID_AUTH_TOKEN));
        }
    }

    private @Nullable Caller known(String token, LongSupplier currentRevision) {
        Session session = sessions.get(token);
        long now = time.monotonicMillis();
        if (session == null || now > session.endMillis) {
            return null;
        }
        session.endMillis = now + ttlMillis;
        return new Caller(session.username, currentRevision.getAsLong());
    }

    /** The number of the entry that makes the token; 0 for what cannot be one. */
    private static long indexOf(String token) {
        int dot = token.indexOf('.');
        try {
            return dot < 0 || token.length() > MAX_LENGTH ? 0 : Math.max(0, Long.parseLong(token.substring(dot + 1)));
        } catch (NumberFormatException e) {
            return 0; // or larger than any index of a log will ever be, and not worth waiting for
        }
    }

    @Override
    public void tick() {
        long now = time.monotonicMillis();
        sessions.values().removeIf(session -> now > session.endMillis);
        long applied = appliedIndex.getAsLong();
        for (Waiting caller : waiting) {
            caller.answerIfKnown(caller.index <= applied || now > caller.endMillis);
        }
    }
}
