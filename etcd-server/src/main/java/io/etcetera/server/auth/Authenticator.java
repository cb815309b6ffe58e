package io.etcetera.server.auth;

import com.google.protobuf.Message;
import io.etcetera.proto.authpb.User;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateResponse;
import io.etcetera.proto.etcdserverpb.InternalAuthenticateRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who somebody is: by name and password, for which there is a token, and then by that. Passwords are looked at here alone
 * and go no further: what enters the log is a hash, or the word of this member that the password was right. Thread-safe, never
 * blocks.
 */
public final class Authenticator implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

    private final Supplier<AuthState> state;
    private final Tokens tokens;
    private final Proposer proposer;
    private final ReadBarrier reads;
    private final Passwords passwords;

    /**
     * @param state users and roles at the moment of the call
     * @param bcryptCost cost of new hashes, see {@link AuthConfig}
     */
    public Authenticator(
            Supplier<AuthState> state, Tokens tokens, Proposer proposer, ReadBarrier reads, long bcryptCost) {
        this.state = state;
        this.tokens = tokens;
        this.proposer = proposer;
        this.reads = reads;
        this.passwords = new Passwords(bcryptCost, Runtime.getRuntime().availableProcessors());
    }

    /** Says whose token this is. Fails with INVALID_AUTH_TOKEN. */
    public void resolve(String token, ResultCallback<Caller> callback) {
        tokens.resolve(token, () -> state.get().revision(), callback);
    }

    /** Hashes a password for a request. Fails with PASSWORD_TOO_LONG, TOO_MANY_REQUESTS or STOPPED. */
    public void hash(String password, BooleanSupplier abandoned, ResultCallback<String> callback) {
        passwords.hash(password, abandoned, callback);
    }

    /**
     * Logs a user in. Fails with AUTH_NOT_ENABLED, AUTH_FAILED, NO_PASSWORD_USER, VERIFY_ONLY, and as a linearizable read, a
     * proposal and {@link #hash} fail.
     *
     * @param abandoned whether nobody waits for the answer any more
     * @param executor what the token is made on, which may take a millisecond
     */
    public void login(
            AuthenticateRequest request,
            BooleanSupplier abandoned,
            Executor executor,
            ResultCallback<AuthenticateResponse> callback) {
        Login login = new Login(request, abandoned, executor, callback);
        reads.await(login, Callbacks.then(callback, Login::checkPassword));
    }

    @Override
    public void close() {
        passwords.close();
    }

    /** One login. Not a record: it must not be printed. */
    private final class Login {
        private final AuthenticateRequest request;
        private final BooleanSupplier abandoned;
        private final Executor executor;
        private final ResultCallback<AuthenticateResponse> callback;

        Login(
                AuthenticateRequest request,
                BooleanSupplier abandoned,
                Executor executor,
                ResultCallback<AuthenticateResponse> callback) {
            this.request = request;
            this.abandoned = abandoned;
            this.executor = executor;
            this.callback = callback;
        }

        void checkPassword() {
            AuthState checked = state.get();
            try {
                User user = userOf(checked);
                passwords.verify(
                        user.getPassword(),
                        request.getPassword(),
                        abandoned,
                        Callbacks.then(callback, right -> propose(right, checked.revision())));
            } catch (EtcdException e) {
                callback.failed(e);
            }
        }

        private User userOf(AuthState checked) throws EtcdException {
            if (!checked.isEnabled()) {
                throw new EtcdException(EtcdError.AUTH_NOT_ENABLED);
            }
            User user = checked.user(request.getName()).orElseThrow(() -> refusal(EtcdError.AUTH_FAILED));
            if (user.getOptions().getNoPassword()) {
                throw refusal(EtcdError.NO_PASSWORD_USER);
            }
            return user;
        }

        private EtcdException refusal(EtcdError error) {
            log.atWarn()
                    .addKeyValue("user", request.getName())
                    .addKeyValue("error", error.text())
                    .log("invalid authentication was requested");
            return new EtcdException(error);
        }

        private void propose(boolean right, long checkedRevision) {
            if (!right) {
                callback.failed(refusal(EtcdError.AUTH_FAILED));
                return;
            }
            proposer.propose(
                    InternalRaftRequest.newBuilder()
                            .setAuthenticate(InternalAuthenticateRequest.newBuilder()
                                    .setName(request.getName())
                                    .setSimpleToken(tokens.newPrefix())),
                    Callbacks.then(callback, applied -> executor.execute(() -> answer(applied, checkedRevision))));
        }

        /** The password may have been changed between the check and the entry; then it has to be checked again. */
        private void answer(Message applied, long checkedRevision) {
            if (state.get().revision() != checkedRevision) {
                log.info("revision when password checked became stale; retrying");
                checkPassword();
                return;
            }
            AuthenticateResponse response = (AuthenticateResponse) applied;
            try {
                String token = tokens.issue(response.getToken(), request.getName(), checkedRevision);
                callback.completed(response.toBuilder().setToken(token).build());
            } catch (EtcdException e) {
                callback.failed(e);
            }
        }
    }
}
