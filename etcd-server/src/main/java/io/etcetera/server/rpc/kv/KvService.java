package io.etcetera.server.rpc.kv;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.CompactionResponse;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.server.EtcdException;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.ProposalCall;
import io.etcetera.server.rpc.call.RpcContext;
import io.grpc.ServerServiceDefinition;

/** The KV service: which call serves which method, and the plain writes. */
public final class KvService {
    private KvService() {}

    public static ServerServiceDefinition define(RpcContext context) {
        return new Methods(context, KVGrpc.getServiceDescriptor())
                .unary(KVGrpc.getRangeMethod(), Permission.KEYS, (call, loop) -> new RangeCall(call, loop, context))
                .unary(
                        KVGrpc.getRangeStreamMethod(),
                        Permission.KEYS,
                        (call, loop) -> new RangeStreamCall(call, loop, context))
                .unary(KVGrpc.getPutMethod(), Permission.LOG, ProposalCall.opener(new Put(context)))
                .unary(KVGrpc.getDeleteRangeMethod(), Permission.LOG, ProposalCall.opener(new DeleteRange(context)))
                .unary(KVGrpc.getTxnMethod(), Permission.LOG, (call, loop) -> new TxnCall(call, loop, context))
                .unary(KVGrpc.getCompactMethod(), Permission.ADMIN, ProposalCall.opener(new Compact(context)))
                .build();
    }

    private record Put(RpcContext context) implements ProposalCall.Kind<PutRequest> {
        @Override
        public InternalRaftRequest.Builder prepare(PutRequest request) throws EtcdException {
            context.parts().quota().check(request);
            context.validator().check(request);
            return InternalRaftRequest.newBuilder().setPut(request);
        }

        @Override
        public Outbound answer(Message applied) {
            PutResponse response = (PutResponse) applied;
            if (!response.hasPrevKv() && response.getHeader().getRevision() != 0) {
                return Outbound.of(context.headers().alone(response.getHeader().getRevision()));
            }
            return Outbound.of(response.toBuilder()
                    .setHeader(context.headers().completing(response.getHeader()))
                    .build());
        }
    }

    private record DeleteRange(RpcContext context) implements ProposalCall.Kind<DeleteRangeRequest> {
        @Override
        public InternalRaftRequest.Builder prepare(DeleteRangeRequest request) throws EtcdException {
            context.validator().check(request);
            return InternalRaftRequest.newBuilder().setDeleteRange(request);
        }

        @Override
        public Outbound answer(Message applied) {
            DeleteRangeResponse response = (DeleteRangeResponse) applied;
            return Outbound.of(response.toBuilder()
                    .setHeader(context.headers().completing(response.getHeader()))
                    .build());
        }
    }

    /** A physical one is answered when the work on disk is done: the applier waits for that, not this. */
    private record Compact(RpcContext context) implements ProposalCall.Kind<CompactionRequest> {
        @Override
        public InternalRaftRequest.Builder prepare(CompactionRequest request) {
            return InternalRaftRequest.newBuilder().setCompaction(request);
        }

        @Override
        public Outbound answer(Message applied) {
            CompactionResponse response = (CompactionResponse) applied;
            return Outbound.of(response.toBuilder()
                    .setHeader(context.headers().completing(response.getHeader()))
                    .build());
        }
    }
}
