package io.etcetera.server.rpc.lease;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.LeaseLeasesResponse;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeResponse;
import io.etcetera.proto.etcdserverpb.LeaseStatus;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.lease.Leases.LeaseState;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.ProposalCall;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The Lease service. Headers hold the store's revision at the time of the answer. */
public final class LeaseService {
    private static final long NO_SUCH_LEASE = -1;

    private LeaseService() {}

    public static ServerServiceDefinition define(RpcContext context) {
        return new Methods(context, LeaseGrpc.getServiceDescriptor())
                        .unary(
                                LeaseGrpc.getLeaseGrantMethod(),
                                Permission.USER,
                                ProposalCall.opener(new Grant(context)))
                        .unary(
                                LeaseGrpc.getLeaseRevokeMethod(),
                                Permission.USER,
                                ProposalCall.opener(new Revoke(context)))
                        .stream(LeaseGrpc.getLeaseKeepAliveMethod(), Permission.KEYS, (call, loop, requiresLeader) -> {
                            KeepAliveCall renewals = new KeepAliveCall(call, loop, context);
                            context.streams().opened(renewals, requiresLeader);
                            return renewals;
                        })
                        .unary(
                                LeaseGrpc.getLeaseTimeToLiveMethod(),
                                Permission.USER,
                                (call, loop) -> new TimeToLive(call, loop, context))
                        .unary(
                                LeaseGrpc.getLeaseLeasesMethod(),
                                Permission.KEYS,
                                (call, loop) -> new ListLeases(call, loop, context))
                        .build();
    }

    private record Grant(RpcContext context) implements ProposalCall.Kind<LeaseGrantRequest> {
        @Override
        public void validate(LeaseGrantRequest request) throws EtcdException {
            context.parts().quota().checkLeaseGrant();
        }

        @Override
        public InternalRaftRequest.Builder prepare(LeaseGrantRequest request) {
            return InternalRaftRequest.newBuilder().setLeaseGrant(request);
        }

        @Override
        public Outbound answer(Message applied) {
            return Outbound.of(((LeaseGrantResponse) applied)
                    .toBuilder().setHeader(context.headers().live()).build());
        }
    }

    private record Revoke(RpcContext context) implements ProposalCall.Kind<LeaseRevokeRequest> {
        @Override
        public InternalRaftRequest.Builder prepare(LeaseRevokeRequest request) {
            return InternalRaftRequest.newBuilder().setLeaseRevoke(request);
        }

        @Override
        public Outbound answer(Message applied) {
            return Outbound.of(((LeaseRevokeResponse) applied)
                    .toBuilder().setHeader(context.headers().live()).build());
        }
    }

    private static final class TimeToLive extends UnaryCall<LeaseTimeToLiveRequest>
            implements ResultCallback<@Nullable LeaseState> {
        private final RpcContext context;
        private long leaseId;

        TimeToLive(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
            super(call, loop);
            this.context = context;
        }

        @Override
        protected void handle(LeaseTimeToLiveRequest request) {
            leaseId = request.getID();
            access().timeToLive(leaseId, request.getKeys(), this);
        }

        @Override
        public void completed(@Nullable LeaseState lease) {
            sendLater(() -> Outbound.of(response(lease)));
        }

        @Override
        public void failed(EtcdException error) {
            closeLater(error);
        }

        private LeaseTimeToLiveResponse response(@Nullable LeaseState lease) {
            LeaseTimeToLiveResponse.Builder response = LeaseTimeToLiveResponse.newBuilder()
                    .setHeader(context.headers().live())
                    .setID(leaseId);
            if (lease == null) {
                return response.setTTL(NO_SUCH_LEASE).build();
            }
            response.setTTL(lease.remainingTtlSeconds()).setGrantedTTL(lease.grantedTtlSeconds());
            lease.keys().forEach(key -> response.addKeys(ByteString.copyFrom(key)));
            return response.build();
        }
    }

    private static final class ListLeases extends UnaryCall<LeaseLeasesRequest> implements ResultCallback<List<Long>> {
        private final RpcContext context;

        ListLeases(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
            super(call, loop);
            this.context = context;
        }

        @Override
        protected void handle(LeaseLeasesRequest request) {
            access().leaseIds(this);
        }

        @Override
        public void completed(List<Long> ids) {
            sendLater(() -> Outbound.of(LeaseLeasesResponse.newBuilder()
                    .setHeader(context.headers().live())
                    .addAllLeases(ids.stream()
                            .map(id -> LeaseStatus.newBuilder().setID(id).build())
                            .toList())
                    .build()));
        }

        @Override
        public void failed(EtcdException error) {
            closeLater(error);
        }
    }
}
