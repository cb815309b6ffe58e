package io.etcetera.server.rpc.call;

import io.etcetera.server.rpc.Outbound;
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
import java.util.function.Function;

/**
 * Binds methods of one service to handlers. Methods that are not bound by the time of {@link #build()} are served all
 * the same, with UNIMPLEMENTED. Nothing is bound without saying what it asks of its callers.
 */
public final class Methods {
    /** Makes the object that serves one call. */
    @FunctionalInterface
    public interface Opener {
        UnaryCall<?> open(ServerCall<Object, Outbound> call, EventExecutor loop);
    }

    /** The same for streams, which may want to know what the client asked of the leader. */
    @FunctionalInterface
    public interface StreamOpener {
        StreamCall open(ServerCall<Object, Outbound> call, EventExecutor loop, boolean requiresLeader);
    }

    private final RpcContext context;
    private final ServiceDescriptor service;
    private final ServerServiceDefinition.Builder definition;
    private final Set<String> bound = new HashSet<>();

    public Methods(RpcContext context, ServiceDescriptor service) {
        this.context = context;
        this.service = service;
        this.definition = ServerServiceDefinition.builder(service.getName());
    }

    /** Binds a method that takes one request. */
    public Methods unary(MethodDescriptor<?, ?> method, Permission permission, Opener opener) {
        return unaryByRequest(method, request -> permission, opener);
    }

    /** Binds a method that takes one request, and asks for more or less according to what that says. */
    public <Q> Methods unary(MethodDescriptor<Q, ?> method, Function<Q, Permission> permission, Opener opener) {
        return unaryByRequest(method, permission, opener);
    }

    private Methods unaryByRequest(MethodDescriptor<?, ?> method, Function<?, Permission> permission, Opener opener) {
        return bind(method, (call, metadata) -> {
            Status refused = context.gate().refuse(method, metadata);
            if (refused != null) {
                return refuse(call, refused);
            }
            // One more than needed, so that the half-close is seen at once, and a second request at all.
            call.request(2);
            UnaryCall<?> opened = opener.open(call, context.loops().home());
            opened.begin(new Access(context.parts(), call, metadata), permission, context.slowCalls());
            return opened;
        });
    }

    /**
     * Binds a method whose requests are a stream.
     *
     * @param permission checked by the call itself, request by request; so it cannot be one that is checked before
     */
    public Methods stream(MethodDescriptor<?, ?> method, Permission permission, StreamOpener opener) {
        if (permission.isForTheDoor()) {
            throw new IllegalArgumentException("a stream is not checked at the door: " + method.getFullMethodName());
        }
        return bind(method, (call, metadata) -> {
            Status refused = context.gate().refuse(method, metadata);
            if (refused != null) {
                return refuse(call, refused);
            }
            boolean requiresLeader = context.gate().requiresLeader(metadata);
            call.request(1);
            StreamCall opened = opener.open(call, context.loops().home(), requiresLeader);
            opened.begin(new Access(context.parts(), call, metadata));
            return opened;
        });
    }

    public ServerServiceDefinition build() {
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
    public static ServerCall.Listener<Object> refuse(ServerCall<Object, Outbound> call, Status status) {
        call.close(status, new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
