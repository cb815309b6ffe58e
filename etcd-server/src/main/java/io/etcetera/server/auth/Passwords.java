package io.etcetera.server.auth;

import com.google.protobuf.ByteString;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.WorkerPool;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes passwords, and holds passwords against hashes, with bcrypt. That takes long by design, tens of milliseconds at the usual
 * cost: it is done on threads of its own, no more than there are processors, so that each of the others, which want a processor
 * for microseconds, is soon given one; and no more than {@link #MOST_WAITING} wait for them. Who has left meanwhile is not served.
 */
final class Passwords implements AutoCloseable {
    static final long DEFAULT_COST = 10;

    private static final Logger log = LoggerFactory.getLogger(Passwords.class);
    private static final int MIN_COST = 4;
    private static final int MAX_COST = 31;
    /** What bcrypt takes notice of. */
    private static final int MAX_BYTES = 72;

    private static final int SALT_BYTES = 16;
    private static final int MOST_WAITING = 1_000;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final int cost;
    private final SecureRandom random = new SecureRandom();
    private final WorkerPool threads;
    private volatile boolean closed;

    Passwords(long configuredCost, int processors) {
        this.cost = valid(configuredCost);
        this.threads = WorkerPool.bounded("etcd-passwords", processors, IDLE, MOST_WAITING);
    }

    private static int valid(long cost) {
        if (cost >= MIN_COST && cost <= MAX_COST) {
            return (int) cost;
        }
        log.atWarn()
                .addKeyValue("min-cost", MIN_COST)
                .addKeyValue("max-cost", MAX_COST)
                .addKeyValue("default-cost", DEFAULT_COST)
                .addKeyValue("given-cost", cost)
                .log("use default bcrypt cost instead of the invalid given cost");
        return (int) DEFAULT_COST;
    }

    /**
     * Hashes a password, to be put into a request: base64 of the hash. Fails with PASSWORD_TOO_LONG, TOO_MANY_REQUESTS, STOPPED.
     *
     * @param abandoned whether nobody waits for the answer any more
     */
    void hash(String password, BooleanSupplier abandoned, ResultCallback<String> callback) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_BYTES) {
            callback.failed(new EtcdException(EtcdError.PASSWORD_TOO_LONG));
            return;
        }
        run(abandoned, callback, () -> {
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            byte[] hash = OpenBSDBCrypt.generate("2a", bytes, salt, cost).getBytes(StandardCharsets.US_ASCII);
            callback.completed(Base64.getEncoder().encodeToString(hash));
        });
    }

    /** Says whether this is the password of that hash; not of one that bcrypt has not made. Fails as {@link #hash}. */
    void verify(ByteString hash, String password, BooleanSupplier abandoned, ResultCallback<Boolean> callback) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        run(abandoned, callback, () -> callback.completed(matches(hash.toStringUtf8(), bytes)));
    }

    private static boolean matches(String hash, byte[] password) {
        try {
            return OpenBSDBCrypt.checkPassword(hash, password);
        } catch (RuntimeException e) {
            log.debug("a stored hash is not one of bcrypt");
            return false;
        }
    }

    private void run(BooleanSupplier abandoned, ResultCallback<?> callback, Runnable work) {
        try {
            threads.execute(() -> {
                if (abandoned.getAsBoolean()) {
                    callback.failed(new EtcdException(EtcdError.CANCELED));
                } else {
                    work.run();
                }
            });
        } catch (RejectedExecutionException e) {
            callback.failed(new EtcdException(closed ? EtcdError.STOPPED : EtcdError.TOO_MANY_REQUESTS));
        }
    }

    /** Drops what waits. Idempotent. */
    @Override
    public void close() {
        closed = true;
        threads.close();
    }
}
