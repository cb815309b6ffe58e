package io.etcetera.server.rpc.lease;

import io.etcetera.proto.v3lockpb.LockGrpc;
import io.etcetera.proto.v3lockpb.LockResponse;
import io.etcetera.proto.v3lockpb.UnlockResponse;
import io.etcetera.server.concurrency.Locks;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.RpcContext;
import io.grpc.ServerServiceDefinition;

/** The Lock service. */
public final class LockService {
    private LockService() {}

    public static ServerServiceDefinition define(RpcContext context) {
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
