package io.etcetera.server.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way to services that are the test's. */
final class FakeChannel extends Channel {
    final List<Call> calls = new ArrayList<>();

    /** The only one. */
    Call call() {
        assertThat(calls).hasSize(1);
        return calls.get(0);
    }

    @Override
    @SuppressWarnings("unchecked") // every message is one
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        Call call = new Call(options);
        calls.add(call);
        return (ClientCall<Q, A>) call;
    }

    @Override
    public String authority() {
        return "fake";
    }

    static final class Call extends ClientCall<Message, Message> {
        final CallOptions options;
        final List<Message> sent = new ArrayList<>();
        Metadata metadata = new Metadata();
        int requested;
        boolean ready = true;
        boolean halfClosed;
        boolean cancelled;
        private @Nullable Listener<Message> listener;

        Call(CallOptions options) {
            this.options = options;
        }

        Listener<Message> listener() {
            if (listener == null) {
                throw new IllegalStateException("not started");
            }
            return listener;
        }

        @Override
        public void start(Listener<Message> responses, Metadata headers) {
            listener = responses;
            metadata = headers;
        }

        @Override
        public void request(int messages) {
            requested += messages;
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            cancelled = true;
        }

        @Override
        public void halfClose() {
            halfClosed = true;
        }

        @Override
        public void sendMessage(Message message) {
            sent.add(message);
        }

        @Override
        public boolean isReady() {
            return ready;
        }
    }
}
