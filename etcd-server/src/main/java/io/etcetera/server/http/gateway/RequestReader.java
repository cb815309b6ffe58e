package io.etcetera.server.http.gateway;

import com.google.protobuf.Message;
import io.etcetera.server.text.JsonFormatException;
import io.etcetera.server.text.JsonScanner;
import io.grpc.MethodDescriptor;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads requests for methods from JSON. Thread-safe. */
final class RequestReader {
    private final MessageReader reader = new MessageReader();

    /** A request without fields. */
    static Message prototype(MethodDescriptor<Message, Message> method) {
        if (method.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            return prototype;
        }
        throw new IllegalArgumentException("not a protobuf method: " + method.getFullMethodName());
    }

    /** The request with which a text begins, if it is not empty; what follows is not looked at. */
    Optional<Message> first(MethodDescriptor<Message, Message> method, byte[] text) throws JsonFormatException {
        JsonScanner scanner = new JsonScanner(text);
        int begin = scanner.begin(0);
        if (begin == text.length) {
            return Optional.empty();
        }
        scanner.end(begin);
        return Optional.of(read(method, text, begin));
    }

    /** Takes the requests of a text one by one; false if one of them cannot be read, and neither those behind it. */
    boolean all(MethodDescriptor<Message, Message> method, byte[] text, Consumer<Message> taker) {
        JsonScanner scanner = new JsonScanner(text);
        try {
            int begin = scanner.begin(0);
            while (begin < text.length) {
                int end = scanner.end(begin);
                taker.accept(read(method, text, begin));
                begin = scanner.begin(end);
            }
            return true;
        } catch (JsonFormatException e) {
            return false; // in etcd, too, nobody is told what is wrong
        }
    }

    private Message read(MethodDescriptor<Message, Message> method, byte[] text, int begin) throws JsonFormatException {
        Message.Builder request = prototype(method).newBuilderForType();
        reader.read(text, begin, request);
        return request.build();
    }
}
