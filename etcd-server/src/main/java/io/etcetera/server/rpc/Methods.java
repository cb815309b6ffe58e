package io.etcetera.server.rpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashSet;
import java.util.Set;

/**
 * Binds methods of one service to handlers. Methods that are not bound by the time of {@link #build()} are served all
 * the same, with UNIMPLEMENTED.
 */
final class Methods {
    /** Makes the object that serves one call. */
    @FunctionalInterface
    interface Opener {
        ServerCall.Listener<Object> open(ServerCall<Object, Outbound> call, EventExecutor loop);
    }

    /** The same for streams, which may want to know what the client asked of the leader. */
    @FunctionalInterface
    interface StreamOpener {
        ServerCall.Listener<Object> open(ServerCall<Object, Outbound> call, EventExecutor loop, boolean requiresLeader);
    }

    private final RpcContext context;
    private final ServiceDescriptor service;
    private final ServerServiceDefinition.Builder definition;
    private final Set<String> bound = new HashSet<>();

    Methods(RpcContext context, ServiceDescriptor service) {
        this.context = context;
        this.service = service;
        this.definition = ServerServiceDefinition.builder(service.getName());
    }

    /** Binds a method that takes one request. */
    Methods unary(MethodDescriptor<?, ?> method, Opener opener) {
        return bind(method, (call, metadata) -> {
            Status refused = context.gate().refuse(method, metadata);
            if (refused != null) {
                return refuse(call, refused);
            }
            // One more than needed, so that the half-close is seen at once, and a second request at all.
            call.request(2);
            return opener.open(call, context.loops().home());
        });
    }

    /** Binds a method whose requests are a stream. */
    Methods stream(MethodDescriptor<?, ?> method, StreamOpener opener) {
        return bind(method, (call, metadata) -> {
            Status refused = context.gate().refuse(method, metadata);
            if (refused != null) {
                return refuse(call, refused);
            }
            boolean requiresLeader = context.gate().requiresLeader(metadata);
            call.request(1);
            return opener.open(call, context.loops().home(), requiresLeader);
        });
    }

    ServerServiceDefinition build() {
        for (MethodDescriptor<?, ?> method : service.getMethods()) {
            if (!bound.contains(method.getFullMethodName())) {
                Status status = Status.UNIMPLEMENTED.withDescription(method.getFullMethodName() + " is not served");
                bind(method, (call, metadata) -> refuse(call, status));
            }
        }
        return definition.build();
    }

    private Methods bind(MethodDescriptor<?, ?> method, ServerCallHandler<Object, Outbound> handler) {
        bound.add(method.getFullMethodName());
        definition.addMethod(context.marshallers().adapt(method), handler);
        return this;
    }

    /** Ends a call before it has begun. */
    static ServerCall.Listener<Object> refuse(ServerCall<Object, Outbound> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
