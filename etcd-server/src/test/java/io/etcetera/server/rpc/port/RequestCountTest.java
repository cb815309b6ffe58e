package io.etcetera.server.rpc.port;

import static io.etcetera.server.rpc.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** Calls with none or several requests where there should be one get what a stock server answers. */
class RequestCountTest {
    private static <Q, R> Status end(MethodDescriptor<Q, R> method, Q request, int count) throws Exception {
        try (FakeMember member = FakeMember.started()) {
            StreamRecorder<Q, R> answer = new StreamRecorder<>();
            StreamObserver<Q> requests = ClientCalls.asyncBidiStreamingCall(
                    member.channel()
                            .newCall(
                                    method.toBuilder()
                                            .setType(MethodType.BIDI_STREAMING)
                                            .build(),
                                    CallOptions.DEFAULT),
                    answer);
            Collections.nCopies(count, request).forEach(requests::onNext);
            requests.onCompleted();
            return answer.end();
        }
    }

    @Test
    void oneAnswerTakesTheFirstRequest() throws Exception {
        assertThat(end(KVGrpc.getRangeMethod(), range("a").build(), 1)).isEqualTo(Status.OK);
        assertThat(end(KVGrpc.getRangeMethod(), range("a").build(), 5)).isEqualTo(Status.OK);
    }

    @Test
    void oneAnswerNeedsARequest() throws Exception {
        Status none = end(KVGrpc.getRangeMethod(), range("a").build(), 0);

        assertThat(none.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(none.getDescription()).isEqualTo("EOF");
    }

    @Test
    void streamedAnswersInsistOnOneRequest() throws Exception {
        assertThat(end(KVGrpc.getRangeStreamMethod(), range("a").build(), 1)).isEqualTo(Status.OK);

        Status none = end(KVGrpc.getRangeStreamMethod(), range("a").build(), 0);
        assertThat(none.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(none.getDescription())
                .isEqualTo("cardinality violation: received no request message from non-client-streaming RPC");

        Status several = end(KVGrpc.getRangeStreamMethod(), range("a").build(), 3);
        assertThat(several.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(several.getDescription())
                .isEqualTo("cardinality violation: received multiple request messages for non-client-streaming RPC");
    }
}
