package io.etcetera.server.transport.peer;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.transport.Handshake;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call with one answer, to a peer. On the peer's event loop. */
final class PeerRequest<A> extends ClientCall.Listener<A> {
    private final ResultCallback<A> callback;
    private @Nullable A answer;

    private PeerRequest(ResultCallback<A> callback) {
        this.callback = callback;
    }

    static <Q, A> void send(
            Channel channel,
            MethodDescriptor<Q, A> method,
            Handshake handshake,
            Q request,
            Duration timeout,
            ResultCallback<A> callback) {
        ClientCall<Q, A> call =
                channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS));
        call.start(new PeerRequest<>(callback), handshake.toMetadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
    }

    @Override
    public void onMessage(A message) {
        answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (status.isOk() && answer != null) {
            callback.completed(answer);
        } else {
            EtcdError error = status.isOk() ? EtcdError.NO_LEADER : PeerErrors.of(status, trailers);
            callback.failed(new EtcdException(error));
        }
    }
}
