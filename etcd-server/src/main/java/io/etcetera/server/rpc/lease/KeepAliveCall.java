package io.etcetera.server.rpc.lease;

import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.StreamCall;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;

/** One stream of lease renewals. They are done one after another: the next is read when the last has been answered. */
final class KeepAliveCall extends StreamCall implements ResultCallback<Long> {
    private final RpcContext context;
    private long leaseId;
    private ResponseHeader header = ResponseHeader.getDefaultInstance();
    private boolean renewing;
    private boolean halfClosed;
    /** The next request has not been asked for, because the client does not read its answers. */
    private boolean requestOwed;

    KeepAliveCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop, context.streams());
        this.context = context;
    }

    @Override
    protected void received(Object request) {
        leaseId = ((LeaseKeepAliveRequest) request).getID();
        // Before the renewal, so that the revision is not newer than the answer.
        header = context.headers().live();
        renewing = true;
        access().renew(leaseId, this);
    }

    @Override
    public void completed(Long ttlSeconds) {
        EventLoops.runOn(loop(), () -> answer(ttlSeconds));
    }

    @Override
    public void failed(EtcdException error) {
        EventLoops.runOn(loop(), () -> end(StatusTable.of(error.error())));
    }

    private void answer(long ttlSeconds) {
        renewing = false;
        send(Outbound.of(LeaseKeepAliveResponse.newBuilder()
                .setHeader(header)
                .setID(leaseId)
                .setTTL(ttlSeconds)
                .build()));
        requestOwed = true;
        goOn();
    }

    private void goOn() {
        if (halfClosed && !renewing) {
            end(Status.OK);
        } else if (requestOwed && isReady()) {
            requestOwed = false;
            requestNext();
        }
    }

    @Override
    public void onReady() {
        goOn();
    }

    @Override
    public void onHalfClose() {
        halfClosed = true;
        goOn();
    }

    @Override
    protected void release() {}
}
