package io.etcetera.server.rpc.admin;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.Callbacks;
import io.etcetera.server.auth.Authenticator;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One call that goes through the log and has a password with it, which is hashed before.
 *
 * @param <Q> the request
 */
final class PasswordProposalCall<Q> extends UnaryCall<Q> {
    private final Authenticator authenticator;
    private final Function<Q, Optional<String>> password;
    private final BiFunction<Q, String, InternalRaftRequest.Builder> wrap;
    private final Function<Message, Outbound> answer;

    /**
     * @param password what is to be hashed, if anything
     * @param wrap puts the hash, or nothing, in the place of the password
     * @param answer completes and encodes what applying it has answered
     */
    PasswordProposalCall(
            ServerCall<Object, Outbound> call,
            EventExecutor loop,
            Authenticator authenticator,
            Function<Q, Optional<String>> password,
            BiFunction<Q, String, InternalRaftRequest.Builder> wrap,
            Function<Message, Outbound> answer) {
        super(call, loop);
        this.authenticator = authenticator;
        this.password = password;
        this.wrap = wrap;
        this.answer = answer;
    }

    @Override
    protected void handle(Q request) {
        Optional<String> given = password.apply(request);
        if (given.isEmpty()) {
            propose(request, "");
            return;
        }
        authenticator.hash(
                given.get(), this::isCancelled, Callbacks.of(hash -> propose(request, hash), this::closeLater));
    }

    private void propose(Q request, String hash) {
        access().propose(
                        wrap.apply(request, hash),
                        Callbacks.of(applied -> sendLater(() -> answer.apply(applied)), this::closeLater));
    }
}
