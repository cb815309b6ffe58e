package io.etcetera.server.rpc.admin;

import io.etcetera.proto.health.HealthCheckRequest;
import io.etcetera.proto.health.HealthCheckResponse;
import io.etcetera.proto.health.HealthCheckResponse.ServingStatus;
import io.etcetera.proto.health.HealthGrpc;
import io.etcetera.proto.health.HealthListRequest;
import io.etcetera.proto.health.HealthListResponse;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.OpenStreams;
import io.etcetera.server.rpc.call.Permission;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.StreamCall;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;

/** The standard health service. It knows the server as a whole, under the empty name, and nothing else. */
public final class HealthService {
    private static final String WHOLE_SERVER = "";
    private static final Status UNKNOWN_SERVICE = Status.NOT_FOUND.withDescription("unknown service");
    private static final HealthCheckResponse SERVING =
            HealthCheckResponse.newBuilder().setStatus(ServingStatus.SERVING).build();
    private static final HealthCheckResponse SERVICE_UNKNOWN = HealthCheckResponse.newBuilder()
            .setStatus(ServingStatus.SERVICE_UNKNOWN)
            .build();

    private HealthService() {}

    public static ServerServiceDefinition define(RpcContext context) {
        return new Methods(context, HealthGrpc.getServiceDescriptor())
                        .unary(HealthGrpc.getCheckMethod(), Permission.OPEN, Check::new)
                        .unary(HealthGrpc.getListMethod(), Permission.OPEN, ListAll::new)
                        .stream(HealthGrpc.getWatchMethod(), Permission.OPEN, (call, loop, requiresLeader) -> {
                            WatchHealth watch = new WatchHealth(call, loop, context.streams());
                            context.streams().opened(watch, requiresLeader);
                            return watch;
                        })
                        .build();
    }

    private static final class Check extends UnaryCall<HealthCheckRequest> {
        Check(ServerCall<Object, Outbound> call, EventExecutor loop) {
            super(call, loop);
        }

        @Override
        protected void handle(HealthCheckRequest request) {
            if (request.getService().equals(WHOLE_SERVER)) {
                send(Outbound.of(SERVING));
            } else {
                closeWith(UNKNOWN_SERVICE);
            }
        }
    }

    private static final class ListAll extends UnaryCall<HealthListRequest> {
        ListAll(ServerCall<Object, Outbound> call, EventExecutor loop) {
            super(call, loop);
        }

        @Override
        protected void handle(HealthListRequest request) {
            send(Outbound.of(HealthListResponse.newBuilder()
                    .putStatuses(WHOLE_SERVER, SERVING)
                    .build()));
        }
    }

    /** Says how things are, once: it never changes while the server runs. Stays open for clients that wait for more. */
    private static final class WatchHealth extends StreamCall {
        WatchHealth(ServerCall<Object, Outbound> call, EventExecutor loop, OpenStreams streams) {
            super(call, loop, streams);
        }

        @Override
        protected void received(Object request) {
            boolean known = ((HealthCheckRequest) request).getService().equals(WHOLE_SERVER);
            send(Outbound.of(known ? SERVING : SERVICE_UNKNOWN));
        }

        @Override
        protected void release() {}
    }
}
