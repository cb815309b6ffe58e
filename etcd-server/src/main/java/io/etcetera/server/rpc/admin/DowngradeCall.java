package io.etcetera.server.rpc.admin;

import io.etcetera.proto.etcdserverpb.DowngradeRequest;
import io.etcetera.proto.etcdserverpb.DowngradeResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.Downgrades;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;

/** One Downgrade call; answered with the version that the cluster has. */
final class DowngradeCall extends UnaryCall<DowngradeRequest> implements ResultCallback<String> {
    private final RpcContext context;

    DowngradeCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop);
        this.context = context;
    }

    @Override
    protected void handle(DowngradeRequest request) throws EtcdException {
        Downgrades downgrades = context.parts().downgrades();
        switch (request.getAction()) {
            case VALIDATE -> downgrades.validate(request.getVersion(), this);
            case ENABLE -> downgrades.enable(request.getVersion(), this);
            case CANCEL -> downgrades.cancel(this);
            case UNRECOGNIZED -> throw new EtcdException(EtcdError.UNKNOWN_METHOD);
        }
    }

    @Override
    public void completed(String clusterVersion) {
        sendLater(() -> Outbound.of(DowngradeResponse.newBuilder()
                .setHeader(context.headers().live())
                .setVersion(clusterVersion)
                .build()));
    }

    @Override
    public void failed(EtcdException error) {
        closeLater(error);
    }
}
