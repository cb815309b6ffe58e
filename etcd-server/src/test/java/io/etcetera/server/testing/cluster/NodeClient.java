package io.etcetera.server.testing.cluster;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.StatusRequest;
import io.etcetera.proto.etcdserverpb.StatusResponse;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A connection to one member: the generated stubs, nothing that retries or asks another. Thread-safe. */
public final class NodeClient implements AutoCloseable {
    /** For what is not under test. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final ByteString PROBE = ByteString.copyFromUtf8("probe");

    private final ManagedChannel channel;

    /** @param endpoint host and port */
    public NodeClient(String endpoint) {
        channel = NettyChannelBuilder.forTarget("dns:///" + endpoint)
                .usePlaintext()
                .disableRetry()
                .build();
    }

    /** The channel, which dials anew at once if the member was not there last time, and not in a minute. */
    public ManagedChannel channel() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
        return channel;
    }

    public KVGrpc.KVBlockingStub kv(Duration limit) {
        return KVGrpc.newBlockingStub(channel()).withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    public MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
        return MaintenanceGrpc.newBlockingStub(channel()).withDeadlineAfter(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    }

    public ClusterGrpc.ClusterBlockingStub cluster() {
        return ClusterGrpc.newBlockingStub(channel()).withDeadlineAfter(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Writes a key; returns the revision. */
    public long put(String key, String value) {
        PutRequest request = PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
        return kv(LIMIT).put(request).getHeader().getRevision();
    }

    /** Reads a key, linearizably. */
    public Optional<String> get(String key) {
        return value(range(key, false));
    }

    /** Reads a key from what this member happens to have. */
    public Optional<String> getSerializable(String key) {
        return value(range(key, true));
    }

    private RangeResponse range(String key, boolean serializable) {
        return kv(LIMIT)
                .range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setSerializable(serializable)
                        .build());
    }

    private static Optional<String> value(RangeResponse response) {
        return response.getKvsList().stream()
                .map(kv -> kv.getValue().toStringUtf8())
                .findFirst();
    }

    /** The member's status, if it answers. */
    public Optional<StatusResponse> status() {
        try {
            return Optional.of(maintenance().status(StatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /** What the member's store comes to, if it answers. */
    public Optional<StoreHash> hash() {
        try {
            HashKVResponse response = maintenance().hashKV(HashKVRequest.getDefaultInstance());
            return Optional.of(new StoreHash(response.getHeader().getRevision(), response.getHash()));
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /** Whether it answers a linearizable read within a second. */
    public boolean serves() {
        try {
            RangeResponse unused = kv(Duration.ofSeconds(1))
                    .range(RangeRequest.newBuilder().setKey(PROBE).build());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
