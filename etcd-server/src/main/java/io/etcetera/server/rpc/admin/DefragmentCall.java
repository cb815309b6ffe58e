package io.etcetera.server.rpc.admin;

import io.etcetera.proto.etcdserverpb.DefragmentRequest;
import io.etcetera.proto.etcdserverpb.DefragmentResponse;
import io.etcetera.server.metrics.DiskMetrics;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Defragment, which concerns this member alone. The store has a thread of its own for it, and goes on to the end
 * even if the client does not wait for that. As in etcd, the answer has no header.
 */
final class DefragmentCall extends UnaryCall<DefragmentRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(DefragmentCall.class);

    private final MemberParts parts;

    DefragmentCall(ServerCall<Object, Outbound> call, EventExecutor loop, MemberParts parts) {
        super(call, loop);
        this.parts = parts;
    }

    @Override
    protected void handle(DefragmentRequest request) {
        LOG.info("starting defragment");
        DiskMetrics metrics = parts.metrics().disk();
        long begin = parts.time().nanoTime();
        metrics.defragmenting();
        parts.store().defragment().whenComplete((nothing, failure) -> {
            metrics.defragmented(parts.time().nanoTime() - begin);
            if (failure != null) {
                LOG.atWarn().addKeyValue("error", failure.getMessage()).log("failed to defragment");
                closeLater(failure);
            } else {
                LOG.info("finished defragment");
                sendLater(() -> Outbound.of(DefragmentResponse.getDefaultInstance()));
            }
        });
    }
}
