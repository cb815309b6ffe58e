package io.etcetera.server.rpc.admin;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateResponse;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.auth.Authenticator;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.Function;

/** One login. Whoever leaves before the password has been looked at costs no more. */
final class LoginCall extends UnaryCall<AuthenticateRequest> implements ResultCallback<AuthenticateResponse> {
    private final Authenticator authenticator;
    private final Function<Message, Outbound> answer;

    LoginCall(
            ServerCall<Object, Outbound> call,
            EventExecutor loop,
            Authenticator authenticator,
            Function<Message, Outbound> answer) {
        super(call, loop);
        this.authenticator = authenticator;
        this.answer = answer;
    }

    @Override
    protected void handle(AuthenticateRequest request) {
        authenticator.login(request, this::isCancelled, task -> EventLoops.executeOn(loop(), task), this);
    }

    @Override
    public void completed(AuthenticateResponse response) {
        sendLater(() -> answer.apply(response));
    }

    @Override
    public void failed(EtcdException error) {
        closeLater(error);
    }
}
