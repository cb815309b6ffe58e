package io.etcetera.daemon.differential;

import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One request whose answer depends on who makes it.
 *
 * @param method the method that it is for
 * @param detail what is special about it
 * @param request what is sent
 * @param before what root does ahead of it; may fail
 * @param after what root does behind it; may fail
 */
record AuthProbe<Q>(
        MethodDescriptor<Q, ?> method, String detail, Q request, List<AuthProbe<?>> before, List<AuthProbe<?>> after) {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final long SECONDS = 30;

    static <Q> AuthProbe<Q> of(MethodDescriptor<Q, ?> method, String detail, Q request) {
        return new AuthProbe<>(method, detail, request, List.of(), List.of());
    }

    AuthProbe<Q> preparedBy(AuthProbe<?>... steps) {
        return new AuthProbe<>(method, detail, request, List.of(steps), after);
    }

    AuthProbe<Q> tidiedBy(AuthProbe<?>... steps) {
        return new AuthProbe<>(method, detail, request, before, List.of(steps));
    }

    String name() {
        return method.getFullMethodName() + " " + detail;
    }

    /**
     * Sends the request, and reads the answer up to its first message: streams of events may never end.
     *
     * @param token what the caller shows; empty for nothing
     */
    String outcome(Channel channel, String token) throws InterruptedException {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        ClientCall<Q, ?> call = channel.newCall(method, CallOptions.DEFAULT);
        try {
            ask(call, token, outcome);
            return outcome.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer to " + name(), e);
        } finally {
            call.cancel("enough has been seen", null);
        }
    }

    private <R> void ask(ClientCall<Q, R> call, String token, CompletableFuture<String> outcome) {
        Metadata metadata = new Metadata();
        if (!token.isEmpty()) {
            metadata.put(TOKEN, token);
        }
        call.start(
                new ClientCall.Listener<R>() {
                    @Override
                    public void onMessage(R message) {
                        outcome.complete(textOf(message));
                    }

                    @Override
                    public void onClose(Status status, @Nullable Metadata trailers) {
                        outcome.complete(status.isOk() ? "OK" : status.getCode() + ": " + status.getDescription());
                    }
                },
                metadata);
        call.sendMessage(request);
        if (method.getType().clientSendsOneMessage()) {
            call.halfClose();
        }
        call.request(1);
    }

    private static String textOf(Object message) {
        return message instanceof WatchResponse watch && watch.getCanceled() ? watch.getCancelReason() : "OK";
    }
}
