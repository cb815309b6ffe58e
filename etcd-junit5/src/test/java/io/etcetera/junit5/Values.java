package io.etcetera.junit5;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Puts and gets by the generated stubs. */
final class Values {
    private Values() {}

    private static KVGrpc.KVBlockingStub kv(Channel channel) {
        return KVGrpc.newBlockingStub(channel).withWaitForReady().withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** Returns the store's revision after it. What a leader that is lost may have taken is written again. */
    static long put(Channel channel, String key, String value) {
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
        return whenAvailable(() -> kv(channel).put(request)).getHeader().getRevision();
    }

    /** Empty if there is none. */
    static String get(Channel channel, String key) {
        return value(whenAvailable(() -> kv(channel).range(request(key).build())));
    }

    /** Asks again, as clients do, while leaders come and go. */
    private static <T> T whenAvailable(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
                    throw e;
                }
            }
        }
    }

    /** As the member has it by now, whatever the others have. */
    static String stale(Channel channel, String key) {
        return value(kv(channel).range(request(key).setSerializable(true).build()));
    }

    private static RangeRequest.Builder request(String key) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key));
    }

    private static String value(RangeResponse response) {
        return response.getKvsCount() == 0 ? "" : response.getKvs(0).getValue().toStringUtf8();
    }
}
