package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.daemon.testing.GrpcClient;
import io.grpc.Status;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Calls with bytes in place of messages: for requests that the generated classes would not make, or not cheaply. */
final class RawCall {
    private static final int HEADER_TAG = 0x0a;

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
        List<ByteString> messages = List.of(UnsafeByteOperations.unsafeWrap(request));
        Answer answer = new RawCaller(client.channel())
                .call("etcdserverpb." + method, messages)
                .join();
        return answer.code() == Status.Code.OK
                ? new Outcome("OK", withoutHeader(answer.messages().get(0).toByteArray()))
                : new Outcome(KnownDifferences.status(answer), "");
    }

    /** The header is the first field of every answer, and shorter than 128 bytes. */
    private static String withoutHeader(byte[] answer) {
        boolean headed = answer.length > 1 && answer[0] == HEADER_TAG;
        return HexFormat.of().formatHex(headed ? Arrays.copyOfRange(answer, 2 + answer[1], answer.length) : answer);
    }
}
