package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.WebSocket;
import io.etcetera.server.text.JsonFormatException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.Optional;

/**
 * Calls over WebSockets: each message holds requests, each message of the answer is one line of what HTTP would have been answered.
 * Thread-safe; works on event loops, and never blocks them.
 */
final class WebSocketCalls {
    private final RequestReader reader;
    private final Calls calls;

    WebSocketCalls(RequestReader reader, Calls calls) {
        this.reader = reader;
        this.calls = calls;
    }

    /** @param request that {@link WebSocketUpgrade#isWanted wants} a WebSocket */
    void serve(HttpRequest request, HttpExchange exchange) {
        Optional<HttpReply> refusal = WebSocketUpgrade.refusal(request);
        if (refusal.isPresent()) {
            exchange.reply(refusal.get());
            return;
        }
        WebSocket socket = exchange.upgrade(WebSocketUpgrade.key(request), WebSocketUpgrade.protocol(request));
        MethodDescriptor<Message, Message> method = Bindings.find(request.path());
        Metadata headers = CallHeaders.metadata(WebSocketUpgrade.headers(request));
        if (method == null) {
            dropMessages(socket);
            socket.reply(Errors.reply(Gateway.NOT_FOUND));
        } else if (method.getType().clientSendsOneMessage()) {
            socket.onMessage(text -> callWithOne(method, headers, text, socket));
        } else {
            callWithMany(method, headers, socket);
        }
    }

    /** Calls when the request has come: all that comes behind it is dropped. */
    private void callWithOne(
            MethodDescriptor<Message, Message> method, Metadata headers, byte[] text, WebSocket socket) {
        try {
            Optional<Message> request = reader.first(method, text);
            if (request.isEmpty()) {
                return;
            }
            dropMessages(socket);
            calls.begin(method, CallOptions.DEFAULT, headers, socket, () -> {}).ifPresent(call -> {
                call.sendMessage(request.get());
                call.halfClose();
            });
        } catch (JsonFormatException e) {
            socket.reply(Errors.reply(CallHeaders.invalid(e)));
        }
    }

    /** Calls at once, and hands over requests as fast as the service takes them; the first that cannot be read is the last. */
    private void callWithMany(MethodDescriptor<Message, Message> method, Metadata headers, WebSocket socket) {
        calls.begin(method, CallOptions.DEFAULT, headers, socket, () -> socket.read(true))
                .ifPresent(call -> socket.onMessage(text -> send(method, text, call, socket)));
    }

    private void send(
            MethodDescriptor<Message, Message> method,
            byte[] text,
            ClientCall<Message, Message> call,
            WebSocket socket) {
        if (reader.all(method, text, call::sendMessage)) {
            socket.read(call.isReady());
        } else {
            dropMessages(socket);
            call.halfClose();
        }
    }

    private static void dropMessages(WebSocket socket) {
        socket.onMessage(text -> {});
    }
}
