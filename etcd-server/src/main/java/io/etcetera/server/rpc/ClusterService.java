package io.etcetera.server.rpc;

import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberListResponse;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.netty.util.concurrent.EventExecutor;

/** The Cluster service: MemberList. Its headers hold no revision. */
final class ClusterService {
    private static final long NO_REVISION = 0;

    private ClusterService() {}

    static ServerServiceDefinition define(RpcContext context) {
        return new Methods(context, ClusterGrpc.getServiceDescriptor())
                .unary(ClusterGrpc.getMemberListMethod(), (call, loop) -> new MemberList(call, loop, context))
                .build();
    }

    private static final class MemberList extends UnaryCall<MemberListRequest>
            implements ResultCallback<MemberListRequest> {
        private final RpcContext context;

        MemberList(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
            super(call, loop);
            this.context = context;
        }

        @Override
        void handle(MemberListRequest request) {
            if (request.getLinearizable()) {
                context.parts().reads().await(request, this);
            } else {
                completed(request);
            }
        }

        @Override
        public void completed(MemberListRequest request) {
            sendLater(this::answer);
        }

        @Override
        public void failed(EtcdException error) {
            closeLater(error);
        }

        private Outbound answer() {
            return Outbound.of(MemberListResponse.newBuilder()
                    .setHeader(context.headers().at(NO_REVISION))
                    .addAllMembers(context.parts().membership().members())
                    .build());
        }
    }
}
