package io.etcetera.server.rpc;

import io.etcetera.proto.v3lockpb.LockGrpc;
import io.etcetera.proto.v3lockpb.LockResponse;
import io.etcetera.proto.v3lockpb.UnlockResponse;
import io.etcetera.server.concurrency.Locks;
import io.grpc.ServerServiceDefinition;

/** The Lock service. */
final class LockService {
    private LockService() {}

    static ServerServiceDefinition define(RpcContext context) {
        ResponseHeaders headers = context.headers();
        return new Methods(context, LockGrpc.getServiceDescriptor())
                .unary(
                        LockGrpc.getLockMethod(),
                        Permission.LOG,
                        OperationCall.opener(
                                context,
                                Locks::lock,
                                (LockResponse response) -> response.toBuilder()
                                        .setHeader(headers.completing(response.getHeader()))
                                        .build()))
                .unary(
                        LockGrpc.getUnlockMethod(),
                        Permission.LOG,
                        OperationCall.opener(
                                context,
                                Locks::unlock,
                                (UnlockResponse response) -> response.toBuilder()
                                        .setHeader(headers.completing(response.getHeader()))
                                        .build()))
                .build();
    }
}
