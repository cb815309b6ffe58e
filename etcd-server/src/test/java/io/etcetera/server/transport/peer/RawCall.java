package io.etcetera.server.transport.peer;

import io.etcetera.server.transport.Handshake;
import io.etcetera.server.transport.Refusal;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A call to a member's control lane by somebody who says of himself whatever he likes. */
final class RawCall extends ClientCall.Listener<Frame> {
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final CompletableFuture<Optional<Refusal>> refusal = new CompletableFuture<>();

    static Refusal refusal(String url, Handshake handshake) throws Exception {
        return refusal(url, handshake.toMetadata());
    }

    static Refusal refusal(String url, Metadata metadata) throws Exception {
        return call(url, metadata, "hello").refusal.get(60, TimeUnit.SECONDS).orElseThrow();
    }

    static String answer(String url, Handshake handshake, String message) throws Exception {
        return call(url, handshake.toMetadata(), message).answer.get(60, TimeUnit.SECONDS);
    }

    private static RawCall call(String url, Metadata metadata, String message) throws Exception {
        URI address = URI.create(url);
        ManagedChannel channel = NettyChannelBuilder.forAddress(address.getHost(), address.getPort())
                .usePlaintext()
                .build();
        try {
            RawCall listener = new RawCall();
            ClientCall<Frame, Frame> call = channel.newCall(Frame.CONTROL, CallOptions.DEFAULT);
            call.start(listener, metadata);
            call.request(1);
            call.sendMessage(new Frame(1, message.getBytes(StandardCharsets.UTF_8)));
            CompletableFuture.anyOf(listener.answer, listener.refusal).get(60, TimeUnit.SECONDS);
            return listener;
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void onMessage(Frame frame) {
        answer.complete(new String(frame.data(), StandardCharsets.UTF_8));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        refusal.complete(Optional.ofNullable(Refusal.of(trailers)));
    }
}
