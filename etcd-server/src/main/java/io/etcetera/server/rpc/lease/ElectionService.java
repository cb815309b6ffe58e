package io.etcetera.server.rpc.lease;

import io.etcetera.proto.v3electionpb.CampaignResponse;
import io.etcetera.proto.v3electionpb.ElectionGrpc;
import io.etcetera.proto.v3electionpb.LeaderResponse;
import io.etcetera.proto.v3electionpb.ProclaimResponse;
import io.etcetera.proto.v3electionpb.ResignResponse;
import io.etcetera.server.concurrency.Elections;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.RpcContext;
import io.grpc.ServerServiceDefinition;

/** The Election service. */
public final class ElectionService {
    private ElectionService() {}

    public static ServerServiceDefinition define(RpcContext context) {
        ResponseHeaders headers = context.headers();
        return new Methods(context, ElectionGrpc.getServiceDescriptor())
                        .unary(
                                ElectionGrpc.getCampaignMethod(),
                                Permission.LOG,
                                OperationCall.opener(
                                        context,
                                        Elections::campaign,
                                        (CampaignResponse response) -> response.toBuilder()
                                                .setHeader(headers.completing(response.getHeader()))
                                                .build()))
                        .unary(
                                ElectionGrpc.getProclaimMethod(),
                                Permission.LOG,
                                OperationCall.opener(
                                        context,
                                        Elections::proclaim,
                                        (ProclaimResponse response) -> response.toBuilder()
                                                .setHeader(headers.completing(response.getHeader()))
                                                .build()))
                        .unary(
                                ElectionGrpc.getResignMethod(),
                                Permission.LOG,
                                OperationCall.opener(
                                        context,
                                        Elections::resign,
                                        (ResignResponse response) -> response.toBuilder()
                                                .setHeader(headers.completing(response.getHeader()))
                                                .build()))
                        .unary(
                                ElectionGrpc.getLeaderMethod(),
                                Permission.KEYS,
                                OperationCall.opener(
                                        context,
                                        Elections::leader,
                                        (LeaderResponse response) -> completed(response, headers)))
                        .stream(ElectionGrpc.getObserveMethod(), Permission.KEYS, (call, loop, requiresLeader) -> {
                            ObserveCall observe = new ObserveCall(call, loop, context);
                            context.streams().opened(observe, requiresLeader);
                            return observe;
                        })
                        .build();
    }

    /** With its header complete. */
    static LeaderResponse completed(LeaderResponse response, ResponseHeaders headers) {
        return response.toBuilder()
                .setHeader(headers.completing(response.getHeader()))
                .build();
    }
}
