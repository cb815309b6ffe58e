package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.server.net.HttpExchange;
import io.etcetera.server.net.HttpRequest;
import io.etcetera.server.net.HttpService;
import io.etcetera.server.text.JsonFormatException;
import io.etcetera.server.text.JsonScanner;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The API as JSON, below {@code /v3/}: each request becomes a call of the service. Thread-safe; works on event loops, and
 * never blocks them.
 */
public final class Gateway implements HttpService {
    /** Calls that may be under way at the same time; who comes then is sent away. */
    private static final int MAX_CALLS = 10_000;

    private static final Status TOO_MANY = Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");

    private final Channel channel;
    private final MessageReader reader = new MessageReader();
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param channel to the services; calls back on the executor of each call */
    public Gateway(Channel channel) {
        this.channel = channel;
    }

    @Override
    public void serve(HttpRequest request, HttpExchange exchange) {
        MethodDescriptor<Message, Message> method = Bindings.find(request.path());
        if (method == null) {
            exchange.reply(Errors.reply(Status.NOT_FOUND.withDescription("Not Found")));
        } else if (!request.method().equals("POST")) {
            exchange.reply(Errors.reply(Status.UNIMPLEMENTED.withDescription("Method Not Allowed")));
        } else {
            call(method, request, exchange);
        }
    }

    private void call(MethodDescriptor<Message, Message> method, HttpRequest request, HttpExchange exchange) {
        CallOptions options = CallOptions.DEFAULT.withExecutor(exchange.loop());
        List<Message> messages;
        try {
            OptionalLong timeout = CallHeaders.timeoutNanos(request);
            if (timeout.isPresent()) {
                options = options.withDeadlineAfter(timeout.getAsLong(), TimeUnit.NANOSECONDS);
            }
            Message prototype = prototype(method);
            messages = method.getType().clientSendsOneMessage()
                    ? List.of(message(request.body(), prototype))
                    : messages(request.body(), prototype);
        } catch (JsonFormatException e) {
            exchange.reply(Errors.reply(CallHeaders.invalid(e)));
            return;
        }
        if (underWay.incrementAndGet() > MAX_CALLS) {
            underWay.decrementAndGet();
            exchange.reply(Errors.reply(TOO_MANY));
            return;
        }
        ClientCall<Message, Message> call = channel.newCall(method, options);
        Runnable done = underWay::decrementAndGet;
        call.start(
                method.getType().serverSendsOneMessage()
                        ? new UnaryAnswer(exchange, done)
                        : new StreamedAnswer(call, exchange, done),
                CallHeaders.metadata(request));
        exchange.onAbandoned(() -> call.cancel("the client has gone", null));
        call.request(method.getType().serverSendsOneMessage() ? 2 : 1);
        messages.forEach(call::sendMessage);
        call.halfClose();
    }

    private static Message prototype(MethodDescriptor<Message, Message> method) {
        if (method.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            return prototype;
        }
        throw new IllegalArgumentException("not a protobuf method: " + method.getFullMethodName());
    }

    /** The message in a body; an empty one stands for a message without fields, and what follows it is not looked at. */
    private Message message(byte[] body, Message prototype) throws JsonFormatException {
        JsonScanner scanner = new JsonScanner(body);
        Message.Builder message = prototype.newBuilderForType();
        int begin = scanner.begin(0);
        if (begin < body.length) {
            scanner.end(begin);
            reader.read(body, begin, message);
        }
        return message.build();
    }

    /** The messages in a body, up to the first that cannot be read: nobody is told of that, as in etcd. */
    private List<Message> messages(byte[] body, Message prototype) {
        List<Message> messages = new ArrayList<>();
        JsonScanner scanner = new JsonScanner(body);
        try {
            int begin = scanner.begin(0);
            while (begin < body.length) {
                int end = scanner.end(begin);
                Message.Builder message = prototype.newBuilderForType();
                reader.read(body, begin, message);
                messages.add(message.build());
                begin = scanner.begin(end);
            }
        } catch (JsonFormatException e) {
            return messages;
        }
        return messages;
    }
}
