package io.etcetera.server.rpc.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.rpc.port.FakeMember;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class UnreadAnswersTest {
    private static final int VALUE_BYTES = 1 << 20;
    /** As much as all memory that the tests have. */
    private static final int CALLS = 1_000;

    private static UnreadAnswers.Connection connection(UnreadAnswers answers) {
        Attributes attributes = answers.filter().transportReady(Attributes.EMPTY);
        return Objects.requireNonNull(attributes.get(UnreadAnswers.CONNECTION));
    }

    @Test
    void whoReadsIsServedLongerThanWhoDoesNot() {
        UnreadAnswers answers = new UnreadAnswers(100);
        UnreadAnswers.Connection slow = connection(answers);
        UnreadAnswers.Connection other = connection(answers);

        assertThat(slow.reserve(50)).isTrue();
        assertThat(slow.reserve(1)).as("it has had its half").isFalse();
        assertThat(other.reserve(30)).isTrue();
        assertThat(other.reserve(1)).as("it has left something lying, too").isFalse();
        assertThat(connection(answers).reserve(21)).as("all that is left is 20").isFalse();
        other.release(30);
        assertThat(other.reserve(50)).isTrue();
        slow.release(50);
        assertThat(slow.reserve(50)).isTrue();
    }

    @Test
    void oneAnswerMayBeLargerThanAll() {
        UnreadAnswers answers = new UnreadAnswers(100);
        UnreadAnswers.Connection alone = connection(answers);

        assertThat(alone.reserve(1_000)).isTrue();
        assertThat(connection(answers).reserve(1)).isFalse();
        alone.release(1_000);
        assertThat(connection(answers).reserve(1)).isTrue();
    }

    /** Asks, and never takes the answer. */
    private static final class Unread extends ClientCall.Listener<RangeResponse> {
        private final AtomicInteger refused;
        private final CountDownLatch settled;

        Unread(AtomicInteger refused, CountDownLatch settled) {
            this.refused = refused;
            this.settled = settled;
        }

        @Override
        public void onHeaders(Metadata headers) {
            settled.countDown();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (EtcdError.TOO_MANY_REQUESTS.text().equals(status.getDescription())) {
                refused.incrementAndGet();
                settled.countDown();
            }
        }
    }

    @Test
    void aClientThatTakesNothingIsRefusedAndOthersAreServed() throws Exception {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("large"))
                .build();
        try (FakeMember member = FakeMember.started()) {
            var unused = member.store.put("large", new byte[VALUE_BYTES]);
            ManagedChannel slow = member.channel();
            AtomicInteger refused = new AtomicInteger();
            CountDownLatch settled = new CountDownLatch(CALLS);
            List<ClientCall<RangeRequest, RangeResponse>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                ClientCall<RangeRequest, RangeResponse> call =
                        slow.newCall(KVGrpc.getRangeMethod(), CallOptions.DEFAULT);
                call.start(new Unread(refused, settled), new Metadata());
                call.sendMessage(request);
                call.halfClose();
                calls.add(call);
            }
            assertThat(settled.await(100, TimeUnit.SECONDS)).isTrue();
            assertThat(refused.get()).isBetween(CALLS / 4, CALLS - 1);
            ManagedChannel other = member.channel();
            for (int i = 0; i < 20; i++) {
                assertThat(KVGrpc.newBlockingStub(other).range(request).getKvsCount())
                        .isEqualTo(1);
            }

            calls.forEach(call -> call.cancel("enough", null));
            ManagedChannel later = member.channel();
            assertThat(KVGrpc.newBlockingStub(later).range(request).getKvsCount())
                    .isEqualTo(1);
        }
    }
}
