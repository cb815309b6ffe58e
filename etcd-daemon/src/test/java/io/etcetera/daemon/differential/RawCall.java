package io.etcetera.daemon.differential;

import io.etcetera.daemon.testing.GrpcClient;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** Calls with bytes in place of messages: for requests that the generated classes would not make, or not cheaply. */
final class RawCall {
    private static final char NO_BREAK_SPACE = '\u00a0';
    private static final int HEADER_TAG = 0x0a;
    private static final long TIMEOUT_SECONDS = 60;
    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new Bytes();

    private RawCall() {}

    /**
     * What came of a call.
     *
     * @param status code and text; OK alone if it was answered
     * @param answer the answer without its header, in which the servers must differ, as hexadecimal digits
     */
    record Outcome(String status, String answer) {
        boolean isOk() {
            return status.equals("OK");
        }
    }

    /** Calls a method of etcdserverpb, named as in KV/Put. */
    static Outcome unary(GrpcClient client, String method, byte[] request) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("etcdserverpb." + method)
                .build();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        try {
            byte[] answer = ClientCalls.blockingUnaryCall(client.channel(), descriptor, options, request);
            return new Outcome("OK", HexFormat.of().formatHex(withoutHeader(answer)));
        } catch (StatusRuntimeException e) {
            String text = String.valueOf(e.getStatus().getDescription());
            // Which kind of space protobuf for Go puts into its errors differs from build to build.
            return new Outcome(e.getStatus().getCode() + " " + text.replace(NO_BREAK_SPACE, ' '), "");
        }
    }

    /** The header is the first field of every answer, and shorter than 128 bytes. */
    private static byte[] withoutHeader(byte[] answer) {
        return answer.length > 1 && answer[0] == HEADER_TAG
                ? Arrays.copyOfRange(answer, 2 + answer[1], answer.length)
                : answer;
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
