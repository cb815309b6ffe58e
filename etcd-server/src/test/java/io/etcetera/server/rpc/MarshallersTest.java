package io.etcetera.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MarshallersTest {
    private static final Marshallers MARSHALLERS = new Marshallers(1 << 20);

    private static Object parse(MethodDescriptor<?, ?> method, byte[] message) {
        return MARSHALLERS
                .adapt(method)
                .parseRequest(ByteString.copyFrom(message).newInput());
    }

    @Test
    void endOfAGroupThatNeverBeganIsNotTheEndOfTheMessage() {
        PutRequest put =
                PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")).build();
        byte[] endOfGroup = HexFormat.of().parseHex("a406");

        byte[] message =
                put.toByteString().concat(ByteString.copyFrom(endOfGroup)).toByteArray();
        assertInvalid(parse(KVGrpc.getPutMethod(), message), "grpc: error unmarshalling request: ");
    }

    /** Go's gRPC words it in two ways. */
    @Test
    void whatIsNoMessageIsRefused() {
        byte[] noMessage = {-1};

        assertInvalid(parse(KVGrpc.getPutMethod(), noMessage), "grpc: error unmarshalling request: ");
        for (MethodDescriptor<?, ?> streamed :
                List.of(KVGrpc.getRangeStreamMethod(), LeaseGrpc.getLeaseKeepAliveMethod())) {
            assertInvalid(parse(streamed, noMessage), "grpc: failed to unmarshal the received message: ");
        }
    }

    private static void assertInvalid(Object parsed, String failure) {
        assertThat(parsed).isInstanceOfSatisfying(Status.class, status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(status.getDescription()).isEqualTo(failure + "proto: cannot parse invalid wire-format data");
        });
    }
}
