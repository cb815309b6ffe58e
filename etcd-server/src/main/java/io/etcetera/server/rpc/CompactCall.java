package io.etcetera.server.rpc;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.CompactionResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;

/**
 * One Compact. A physical one is answered only when the work on disk is done, and so is the news that the revision has
 * been compacted already: somebody else's compaction of it may still be at work.
 */
final class CompactCall extends UnaryCall<CompactionRequest> implements ResultCallback<Message> {
    private final RpcContext context;
    private volatile boolean physical;

    CompactCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop);
        this.context = context;
    }

    @Override
    void handle(CompactionRequest request) {
        physical = request.getPhysical();
        context.parts().proposer().propose(InternalRaftRequest.newBuilder().setCompaction(request), this);
    }

    @Override
    public void completed(Message applied) {
        afterWork(() -> sendLater(() -> answer((CompactionResponse) applied)));
    }

    @Override
    public void failed(EtcdException error) {
        if (error.error() == EtcdError.COMPACTED) {
            afterWork(() -> closeLater(error));
        } else {
            closeLater(error);
        }
    }

    private void afterWork(Runnable answer) {
        if (!physical) {
            answer.run();
            return;
        }
        var unused = context.parts().store().compactionsDone().whenComplete((done, failure) -> {
            if (failure != null) {
                closeLater(failure);
            } else {
                answer.run();
            }
        });
    }

    private Outbound answer(CompactionResponse response) {
        return Outbound.of(response.toBuilder()
                .setHeader(context.headers().completing(response.getHeader()))
                .build());
    }
}
