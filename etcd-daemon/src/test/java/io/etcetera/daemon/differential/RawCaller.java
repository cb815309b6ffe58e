package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Calls any method, known or not, with any bytes for messages. */
final class RawCaller {
    private static final long DEADLINE_SECONDS = 60;

    private final Channel channel;
    private final Map<String, MethodDescriptor<ByteString, ByteString>> methods = new ConcurrentHashMap<>();

    RawCaller(Channel channel) {
        this.channel = channel;
    }

    /** Sends messages, ends the request, and gathers what comes back. The future never fails. */
    CompletableFuture<Answer> call(String fullMethodName, List<ByteString> messages) {
        return call(fullMethodName, messages, false);
    }

    CompletableFuture<Answer> call(String fullMethodName, List<ByteString> messages, boolean compressed) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
        ClientCall<ByteString, ByteString> call =
                newCall(fullMethodName, compressed ? options.withCompression("gzip") : options);
        Gathering answer = new Gathering();
        call.start(answer, new Metadata());
        call.setMessageCompression(compressed);
        call.request(Integer.MAX_VALUE);
        for (ByteString message : messages) {
            call.sendMessage(message);
        }
        call.halfClose();
        return answer.whole;
    }

    /** A call that is not started, for whoever wants to do that himself. */
    ClientCall<ByteString, ByteString> newCall(String fullMethodName, CallOptions options) {
        return channel.newCall(methods.computeIfAbsent(fullMethodName, RawCaller::describe), options);
    }

    /** As a stream in both directions: only then does gRPC leave the number of messages to the caller. */
    private static MethodDescriptor<ByteString, ByteString> describe(String fullMethodName) {
        return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(fullMethodName)
                .build();
    }

    private static final class Gathering extends ClientCall.Listener<ByteString> {
        final CompletableFuture<Answer> whole = new CompletableFuture<>();
        private final List<ByteString> messages = new ArrayList<>(1);

        @Override
        public void onMessage(ByteString message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            String description = status.getDescription();
            whole.complete(new Answer(List.copyOf(messages), status.getCode(), description == null ? "" : description));
        }
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<ByteString> {
        @Override
        public InputStream stream(ByteString value) {
            return new ByteArrayInputStream(value.toByteArray());
        }

        @Override
        public ByteString parse(InputStream stream) {
            try {
                return ByteString.readFrom(stream);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
