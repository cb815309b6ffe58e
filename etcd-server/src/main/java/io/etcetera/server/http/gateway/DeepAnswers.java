package io.etcetera.server.http.gateway;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.server.DeepStack;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;

/** Reads answers that are nested as deeply as requests may be; protobuf's own limit is far below that. */
final class DeepAnswers implements MethodDescriptor.Marshaller<Message> {
    private final Parser<? extends Message> parser;

    private DeepAnswers(Parser<? extends Message> parser) {
        this.parser = parser;
    }

    /** The same method with such answers. */
    static MethodDescriptor<Message, Message> of(MethodDescriptor<?, ?> generated) {
        return MethodDescriptor.newBuilder(
                        requests(generated), new DeepAnswers(answerOf(generated).getParserForType()))
                .setType(generated.getType())
                .setFullMethodName(generated.getFullMethodName())
                .build();
    }

    @SuppressWarnings("unchecked") // requests of all methods are messages
    private static MethodDescriptor.Marshaller<Message> requests(MethodDescriptor<?, ?> generated) {
        return (MethodDescriptor.Marshaller<Message>) generated.getRequestMarshaller();
    }

    private static Message answerOf(MethodDescriptor<?, ?> generated) {
        if (generated.getResponseMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            return prototype;
        }
        throw new IllegalArgumentException("not a protobuf method: " + generated.getFullMethodName());
    }

    @Override
    public InputStream stream(Message value) {
        throw new UnsupportedOperationException("a client sends no answers");
    }

    @Override
    public Message parse(InputStream stream) {
        try {
            CodedInputStream input =
                    UnsafeByteOperations.unsafeWrap(stream.readAllBytes()).newCodedInput();
            input.enableAliasing(true);
            input.setRecursionLimit(DeepStack.MAX_NESTING);
            return parser.parseFrom(input);
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("an answer cannot be read")
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
