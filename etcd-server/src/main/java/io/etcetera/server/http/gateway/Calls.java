package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.server.net.http.HttpResponder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Begins calls of the services, and keeps those under way from becoming too many. Thread-safe. */
final class Calls {
    /** Calls that may be under way at the same time; who comes then is sent away. */
    private static final int MAX_CALLS = 10_000;

    private static final Status TOO_MANY = Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");

    private final Channel channel;
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param channel to the services; calls back on the executor of each call */
    Calls(Channel channel) {
        this.channel = channel;
    }

    /**
     * Begins a call, to which the requests are yet to be sent; it is cancelled when the client goes. On the client's event loop.
     *
     * @param responder gets the answer
     * @param ready run on the client's event loop when the service has taken what it had left lying
     * @return none if there are too many, which is the answer then
     */
    Optional<ClientCall<Message, Message>> begin(
            MethodDescriptor<Message, Message> method,
            CallOptions options,
            Metadata headers,
            HttpResponder responder,
            Runnable ready) {
        if (underWay.incrementAndGet() > MAX_CALLS) {
            underWay.decrementAndGet();
            responder.reply(Errors.reply(TOO_MANY));
            return Optional.empty();
        }
        boolean answeredOnce = method.getType().serverSendsOneMessage();
        ClientCall<Message, Message> call = channel.newCall(method, options.withExecutor(responder.loop()));
        call.start(
                new Watched(answeredOnce ? new UnaryAnswer(responder) : new StreamedAnswer(call, responder), ready),
                headers);
        responder.onAbandoned(() -> call.cancel("the client has gone", null));
        call.request(answeredOnce ? 2 : 1);
        return Optional.of(call);
    }

    private final class Watched extends SimpleForwardingClientCallListener<Message> {
        private final Runnable ready;

        Watched(ClientCall.Listener<Message> answer, Runnable ready) {
            super(answer);
            this.ready = ready;
        }

        @Override
        public void onReady() {
            ready.run();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            underWay.decrementAndGet();
            super.onClose(status, trailers);
        }
    }
}
