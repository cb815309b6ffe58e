package io.etcetera.server.rpc.admin;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberAddRequest;
import io.etcetera.proto.etcdserverpb.MemberAddResponse;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberListResponse;
import io.etcetera.proto.etcdserverpb.MemberPromoteRequest;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.proto.etcdserverpb.MemberRemoveRequest;
import io.etcetera.proto.etcdserverpb.MemberRemoveResponse;
import io.etcetera.proto.etcdserverpb.MemberUpdateRequest;
import io.etcetera.proto.etcdserverpb.MemberUpdateResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.cluster.change.Reconfiguration;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.function.BiFunction;

/** The Cluster service. Its headers hold no revision. */
public final class ClusterService {
    private static final long NO_REVISION = 0;

    private ClusterService() {}

    public static ServerServiceDefinition define(RpcContext context) {
        Reconfiguration members = context.parts().reconfiguration();
        return new Methods(context, ClusterGrpc.getServiceDescriptor())
                .unary(
                        ClusterGrpc.getMemberAddMethod(),
                        Permission.ADMIN,
                        ClusterService.<MemberAddRequest, Message>opener(
                                context,
                                request -> Reconfiguration.check(request.getPeerURLsList()),
                                (request, answer) ->
                                        members.add(request.getPeerURLsList(), request.getIsLearner(), answer),
                                (applied, header) -> ((MemberAddResponse) applied)
                                        .toBuilder().setHeader(header).build()))
                .unary(
                        ClusterGrpc.getMemberRemoveMethod(),
                        Permission.ADMIN,
                        ClusterService.<MemberRemoveRequest, Message>opener(
                                context,
                                (request, answer) -> members.remove(request.getID(), answer),
                                (applied, header) -> ((MemberRemoveResponse) applied)
                                        .toBuilder().setHeader(header).build()))
                .unary(
                        ClusterGrpc.getMemberUpdateMethod(),
                        Permission.ADMIN,
                        ClusterService.<MemberUpdateRequest, Message>opener(
                                context,
                                (request, answer) -> members.update(request.getID(), request.getPeerURLsList(), answer),
                                (applied, header) -> ((MemberUpdateResponse) applied)
                                        .toBuilder().setHeader(header).build()))
                .unary(
                        ClusterGrpc.getMemberPromoteMethod(),
                        Permission.ADMIN,
                        ClusterService.<MemberPromoteRequest, List<Member>>opener(
                                context,
                                (request, answer) -> members.promote(request.getID(), answer),
                                (all, header) -> MemberPromoteResponse.newBuilder()
                                        .setHeader(header)
                                        .addAllMembers(all)
                                        .build()))
                .unary(
                        ClusterGrpc.getMemberListMethod(),
                        Permission.USER,
                        ClusterService.<MemberListRequest, MemberListRequest>opener(
                                context,
                                (request, answer) -> list(context, request, answer),
                                (request, header) -> MemberListResponse.newBuilder()
                                        .setHeader(header)
                                        .addAllMembers(
                                                context.parts().membership().members())
                                        .build()))
                .build();
    }

    private static void list(RpcContext context, MemberListRequest request, ResultCallback<MemberListRequest> answer) {
        if (request.getLinearizable()) {
            context.parts().reads().await(request, answer);
        } else {
            answer.completed(request);
        }
    }

    private static <Q, R> Methods.Opener opener(
            RpcContext context, Starter<Q, R> starter, BiFunction<R, ResponseHeader, Message> response) {
        return opener(context, request -> {}, starter, response);
    }

    private static <Q, R> Methods.Opener opener(
            RpcContext context,
            Validator<Q> validator,
            Starter<Q, R> starter,
            BiFunction<R, ResponseHeader, Message> response) {
        return (call, loop) -> new Call<>(call, loop, context, validator, starter, response);
    }

    /** What is wrong whoever asks. */
    @FunctionalInterface
    private interface Validator<Q> {
        void check(Q request) throws EtcdException;
    }

    /** Begins to serve a request, whose result may come from any thread. */
    @FunctionalInterface
    private interface Starter<Q, R> {
        void start(Q request, ResultCallback<R> callback) throws EtcdException;
    }

    private static final class Call<Q, R> extends UnaryCall<Q> implements ResultCallback<R> {
        private final RpcContext context;
        private final Validator<Q> validator;
        private final Starter<Q, R> starter;
        private final BiFunction<R, ResponseHeader, Message> response;

        Call(
                ServerCall<Object, Outbound> call,
                EventExecutor loop,
                RpcContext context,
                Validator<Q> validator,
                Starter<Q, R> starter,
                BiFunction<R, ResponseHeader, Message> response) {
            super(call, loop);
            this.context = context;
            this.validator = validator;
            this.starter = starter;
            this.response = response;
        }

        @Override
        protected void validate(Q request) throws EtcdException {
            validator.check(request);
        }

        @Override
        protected void handle(Q request) throws EtcdException {
            starter.start(request, this);
        }

        @Override
        public void completed(R result) {
            sendLater(() -> Outbound.of(response.apply(result, context.headers().at(NO_REVISION))));
        }

        @Override
        public void failed(EtcdException error) {
            closeLater(error);
        }
    }
}
