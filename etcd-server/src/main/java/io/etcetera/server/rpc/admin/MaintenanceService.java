package io.etcetera.server.rpc.admin;

import com.google.protobuf.Message;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmResponse;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.DowngradeInfo;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.HashRequest;
import io.etcetera.proto.etcdserverpb.HashResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.MoveLeaderRequest;
import io.etcetera.proto.etcdserverpb.MoveLeaderResponse;
import io.etcetera.proto.etcdserverpb.StatusRequest;
import io.etcetera.proto.etcdserverpb.StatusResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.EtcdVersion;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.ProposalCall;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.netty.util.concurrent.EventExecutor;

/** The Maintenance service: Status, Alarm, Defragment, Hash, HashKV, Snapshot, Downgrade and MoveLeader. */
public final class MaintenanceService {
    private MaintenanceService() {}

    public static ServerServiceDefinition define(RpcContext context) {
        return new Methods(context, MaintenanceGrpc.getServiceDescriptor())
                .unary(
                        MaintenanceGrpc.getStatusMethod(),
                        Permission.USER,
                        (call, loop) -> new StatusCall(call, loop, context))
                .unary(
                        MaintenanceGrpc.getAlarmMethod(),
                        MaintenanceService::neededFor,
                        ProposalCall.opener(new Alarm(context)))
                .unary(
                        MaintenanceGrpc.getDefragmentMethod(),
                        Permission.ADMIN,
                        (call, loop) -> new DefragmentCall(call, loop, context.parts()))
                .unary(
                        MaintenanceGrpc.getHashMethod(),
                        Permission.ADMIN,
                        (call, loop) -> new StorePassCall<HashRequest>(call, loop, context, request -> hash(context)))
                .unary(
                        MaintenanceGrpc.getHashKVMethod(),
                        Permission.ADMIN,
                        (call, loop) -> new StorePassCall<HashKVRequest>(
                                call, loop, context, request -> hashKv(context, request.getRevision())))
                .unary(
                        MaintenanceGrpc.getDowngradeMethod(),
                        Permission.ADMIN,
                        (call, loop) -> new DowngradeCall(call, loop, context))
                .unary(
                        MaintenanceGrpc.getSnapshotMethod(),
                        Permission.ADMIN,
                        (call, loop) -> new SnapshotCall(call, loop, context))
                .unary(
                        MaintenanceGrpc.getMoveLeaderMethod(),
                        Permission.ADMIN,
                        (call, loop) -> new MoveLeader(call, loop, context))
                .build();
    }

    /** To look at alarms is for everybody. */
    private static Permission neededFor(AlarmRequest request) {
        return request.getAction() == AlarmRequest.AlarmAction.GET ? Permission.USER : Permission.ADMIN;
    }

    /** Answered when the member that was named leads. */
    private static final class MoveLeader extends UnaryCall<MoveLeaderRequest> implements ResultCallback<Long> {
        private final RpcContext context;

        MoveLeader(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
            super(call, loop);
            this.context = context;
        }

        @Override
        protected void handle(MoveLeaderRequest request) {
            context.parts().transfer().move(request.getTargetID(), this);
        }

        @Override
        public void completed(Long newLeader) {
            sendLater(() -> Outbound.of(MoveLeaderResponse.getDefaultInstance()));
        }

        @Override
        public void failed(EtcdException error) {
            closeLater(error);
        }
    }

    private static HashResponse hash(RpcContext context) throws InterruptedException {
        int hash = context.parts().store().hash();
        return HashResponse.newBuilder()
                .setHeader(context.headers().live())
                .setHash(hash)
                .build();
    }

    private static HashKVResponse hashKv(RpcContext context, long revision)
            throws RevisionException, InterruptedException {
        KvHashResult result = context.parts().store().hash(revision);
        return HashKVResponse.newBuilder()
                .setHeader(context.headers().at(result.currentRevision()))
                .setHash(result.hash().crc())
                .setCompactRevision(result.hash().compactRevision())
                .setHashRevision(result.hash().revision())
                .build();
    }

    private record Alarm(RpcContext context) implements ProposalCall.Kind<AlarmRequest> {
        @Override
        public InternalRaftRequest.Builder prepare(AlarmRequest request) {
            return InternalRaftRequest.newBuilder().setAlarm(request);
        }

        @Override
        public Outbound answer(Message applied) {
            return Outbound.of(((AlarmResponse) applied)
                    .toBuilder().setHeader(context.headers().live()).build());
        }
    }

    private static final class StatusCall extends UnaryCall<StatusRequest> {
        private final RpcContext context;

        StatusCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
            super(call, loop);
            this.context = context;
        }

        @Override
        protected void handle(StatusRequest request) {
            MemberParts parts = context.parts();
            StatusResponse.Builder status = StatusResponse.newBuilder()
                    .setHeader(context.headers().live())
                    .setVersion(EtcdVersion.SERVER)
                    .setStorageVersion(parts.versions().storage().orElse(""))
                    .setDbSize(parts.store().sizeBytes())
                    .setDbSizeInUse(parts.store().sizeInUseBytes())
                    .setDbSizeQuota(parts.quota().quotaBytes())
                    .setLeader(parts.raft().leaderId())
                    .setRaftTerm(parts.raft().term())
                    // Applied first: read the other way round it could seem to be ahead of what is committed.
                    .setRaftAppliedIndex(parts.appliedIndex().getAsLong())
                    .setRaftIndex(parts.raft().committedIndex())
                    .setIsLearner(parts.membership().isLearner())
                    .setDowngradeInfo(DowngradeInfo.newBuilder()
                            .setEnabled(parts.versions().downgrade().enabled())
                            .setTargetVersion(parts.versions().downgrade().target()));
            if (status.getLeader() == 0) {
                status.addErrors(EtcdError.NO_LEADER.text());
            }
            parts.alarms().active().forEach(alarm -> status.addErrors(text(alarm)));
            send(Outbound.of(status.build()));
        }

        /** The alarm in protobuf's text form, as Go prints it. */
        private static String text(AlarmMember alarm) {
            String member = alarm.getMemberID() == 0 ? "" : "memberID:" + Long.toUnsignedString(alarm.getMemberID());
            String kind = alarm.getAlarm() == AlarmType.NONE ? "" : "alarm:" + alarm.getAlarm();
            return member.isEmpty() || kind.isEmpty() ? member + kind : member + " " + kind;
        }
    }
}
