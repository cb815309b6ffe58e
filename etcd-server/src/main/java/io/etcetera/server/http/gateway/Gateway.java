package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpService;
import io.etcetera.server.text.JsonFormatException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The API as JSON, below {@code /v3/}: each request becomes a call of the service. Thread-safe; works on event loops, and
 * never blocks them.
 */
public final class Gateway implements HttpService {
    static final Status NOT_FOUND = Status.NOT_FOUND.withDescription("Not Found");

    private final RequestReader reader = new RequestReader();
    private final Calls calls;
    private final WebSocketCalls webSockets;

    /** @param channel to the services; calls back on the executor of each call */
    public Gateway(Channel channel) {
        calls = new Calls(channel);
        webSockets = new WebSocketCalls(reader, calls);
    }

    @Override
    public void serve(HttpRequest request, HttpExchange exchange) {
        if (WebSocketUpgrade.isWanted(request)) {
            webSockets.serve(request, exchange);
            return;
        }
        MethodDescriptor<Message, Message> method = Bindings.find(request.path());
        if (method == null) {
            exchange.reply(Errors.reply(NOT_FOUND));
        } else if (!request.method().equals("POST")) {
            exchange.reply(Errors.reply(Status.UNIMPLEMENTED.withDescription("Method Not Allowed")));
        } else {
            call(method, request, exchange);
        }
    }

    private void call(MethodDescriptor<Message, Message> method, HttpRequest request, HttpExchange exchange) {
        CallOptions options = CallOptions.DEFAULT;
        List<Message> messages;
        try {
            OptionalLong timeout = CallHeaders.timeoutNanos(request);
            if (timeout.isPresent()) {
                options = options.withDeadlineAfter(timeout.getAsLong(), TimeUnit.NANOSECONDS);
            }
            messages = messages(method, request.body());
        } catch (JsonFormatException e) {
            exchange.reply(Errors.reply(CallHeaders.invalid(e)));
            return;
        }
        calls.begin(method, options, CallHeaders.metadata(request.headers()), exchange, () -> {})
                .ifPresent(call -> {
                    messages.forEach(call::sendMessage);
                    call.halfClose();
                });
    }

    /** The messages in a body; an empty one stands for a message without fields where there has to be one. */
    private List<Message> messages(MethodDescriptor<Message, Message> method, byte[] body) throws JsonFormatException {
        if (method.getType().clientSendsOneMessage()) {
            return List.of(reader.first(method, body).orElseGet(() -> RequestReader.prototype(method)));
        }
        List<Message> messages = new ArrayList<>();
        var unused = reader.all(method, body, messages::add); // those up to the first that cannot be read
        return messages;
    }
}
