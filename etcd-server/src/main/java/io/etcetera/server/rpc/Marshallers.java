package io.etcetera.server.rpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.DeepStack;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;

/**
 * How messages cross the border to gRPC. A request arrives as the parsed message, or as the {@link Status} to answer if
 * it is too large or not a message at all: gRPC's own checks of both have other texts than etcd's. Answers leave as
 * {@link Outbound}.
 */
public final class Marshallers {
    /** What protobuf says of messages that are nested too deeply; it has no other mark to know that error by. */
    private static final String TOO_DEEP = whatIsSaidOfTooDeep();

    private static final MethodDescriptor.Marshaller<Outbound> ANSWERS = new Answers();

    private final int maxMessageBytes;

    public Marshallers(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /**
     * The same method with our marshallers in place of the generated ones. Its type says that the client may send any
     * number of messages: gRPC would end a call in its own way if there is not exactly one, and etcd's is another.
     */
    public MethodDescriptor<Object, Outbound> adapt(MethodDescriptor<?, ?> generated) {
        return MethodDescriptor.newBuilder(requests(generated), ANSWERS)
                .setType(
                        generated.getType().serverSendsOneMessage()
                                ? MethodType.CLIENT_STREAMING
                                : MethodType.BIDI_STREAMING)
                .setFullMethodName(generated.getFullMethodName())
                .setSampledToLocalTracing(false)
                .setSchemaDescriptor(generated) // what the method is to a client
                .build();
    }

    /** For a method that nobody knows: whatever is sent is read as nothing. */
    public static MethodDescriptor<Object, Outbound> unknown(String fullMethodName) {
        return MethodDescriptor.newBuilder(new Ignored(), ANSWERS)
                .setType(MethodType.UNKNOWN)
                .setFullMethodName(fullMethodName)
                .build();
    }

    private static String whatIsSaidOfTooDeep() {
        byte[] oneInAnother = TxnRequest.newBuilder()
                .addCompare(Compare.getDefaultInstance())
                .build()
                .toByteArray();
        CodedInputStream input = CodedInputStream.newInstance(oneInAnother);
        input.setRecursionLimit(0);
        try {
            throw new IllegalStateException("protobuf does not limit nesting: " + TxnRequest.parseFrom(input));
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private MethodDescriptor.Marshaller<Object> requests(MethodDescriptor<?, ?> generated) {
        if (generated.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) {
            // Go's gRPC has two ways to read a request, and two texts.
            String failure = generated.getType() == MethodType.UNARY
                    ? "grpc: error unmarshalling request: proto: "
                    : "grpc: failed to unmarshal the received message: proto: ";
            return new Requests(prototype.getParserForType(), maxMessageBytes, failure);
        }
        throw new IllegalArgumentException("not a protobuf method: " + generated.getFullMethodName());
    }

    private static final class Requests implements MethodDescriptor.Marshaller<Object> {
        private final Parser<? extends Message> parser;
        private final int maxMessageBytes;
        private final String failure;

        Requests(Parser<? extends Message> parser, int maxMessageBytes, String failure) {
            this.parser = parser;
            this.maxMessageBytes = maxMessageBytes;
            this.failure = failure;
        }

        @Override
        public InputStream stream(Object value) {
            throw new UnsupportedOperationException("a server sends no requests");
        }

        @Override
        public Object parse(InputStream stream) {
            try {
                return stream instanceof KnownLength ? parsePlain(stream) : parseCompressed(stream);
            } catch (InvalidProtocolBufferException e) {
                String mistake = TOO_DEEP.equals(e.getMessage())
                        ? "exceeded maximum recursion depth"
                        : "cannot parse invalid wire-format data";
                return Status.INTERNAL.withDescription(failure + mistake);
            } catch (IOException e) {
                return Status.INTERNAL
                        .withDescription("grpc: failed to read the received message")
                        .withCause(e);
            }
        }

        private Object parsePlain(InputStream stream) throws IOException {
            int length = stream.available();
            if (length > maxMessageBytes) {
                return Status.RESOURCE_EXHAUSTED.withDescription(
                        "grpc: received message larger than max (" + length + " vs. " + maxMessageBytes + ")");
            }
            byte[] bytes = new byte[length];
            if (stream.readNBytes(bytes, 0, length) != length) {
                throw new IOException("message is shorter than announced");
            }
            return parse(bytes);
        }

        /** Decompresses no more than it takes to see that a message is too large. */
        private Object parseCompressed(InputStream stream) throws IOException {
            byte[] bytes = stream.readNBytes(maxMessageBytes + 1);
            if (bytes.length > maxMessageBytes) {
                return Status.RESOURCE_EXHAUSTED.withDescription(
                        "grpc: received message after decompression larger than max " + maxMessageBytes);
            }
            return parse(bytes);
        }

        private Object parse(byte[] bytes) throws InvalidProtocolBufferException {
            // The fields of the message share this one array.
            CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            input.enableAliasing(true);
            // Deeper than protobuf's default: event loops have the stack for it.
            input.setRecursionLimit(DeepStack.MAX_NESTING);
            Message message = parser.parseFrom(input);
            // Reading ends at the end of a group, too, wherever it stands.
            input.checkLastTagWas(0);
            return message;
        }
    }

    private static final class Answers implements MethodDescriptor.Marshaller<Outbound> {
        @Override
        public InputStream stream(Outbound value) {
            return value;
        }

        @Override
        public Outbound parse(InputStream stream) {
            throw new UnsupportedOperationException("a server receives no answers");
        }
    }

    private static final class Ignored implements MethodDescriptor.Marshaller<Object> {
        @Override
        public InputStream stream(Object value) {
            throw new UnsupportedOperationException("a server sends no requests");
        }

        @Override
        public Object parse(InputStream stream) {
            return stream;
        }
    }
}
