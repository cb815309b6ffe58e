package io.etcetera.daemon.testing;

import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** A raw connection to a server: the generated stubs, nothing that retries or hides an answer. */
public final class GrpcClient implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 1 << 30;

    private final ManagedChannel channel;

    public GrpcClient(ServerProcess server) {
        this(server.clientPort());
    }

    /** Connects to a port of the loopback address. */
    public GrpcClient(int port) {
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build();
    }

    public KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    public LeaseGrpc.LeaseBlockingStub lease() {
        return LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    public MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    /** For stubs that are not among the above, streams above all. */
    public Channel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
