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

/** Puts and gets by the generated stubs. */
final class Values {
    private Values() {}

    private static KVGrpc.KVBlockingStub kv(Channel channel) {
        return KVGrpc.newBlockingStub(channel).withWaitForReady().withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    /** Returns the store's revision after it. */
    static long put(Channel channel, String key, String value) {
        return kv(channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build())
                .getHeader()
                .getRevision();
    }

    /** Empty if there is none. */
    static String get(Channel channel, String key) {
        while (true) {
            try {
                return value(kv(channel).range(request(key).build()));
            } catch (StatusRuntimeException e) {
                // As clients do with reads while leaders come and go.
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
