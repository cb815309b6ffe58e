package io.etcetera.server.rpc.port;

import io.etcetera.server.metrics.MethodMetrics;
import io.etcetera.server.metrics.RpcMetrics;
import io.etcetera.server.rpc.Marshallers;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls, their messages and bytes where the transport sees them, so that no call is wrapped and none forgotten.
 * Calls of methods that there are not are left out, as in etcd.
 */
final class CallCounting extends ServerStreamTracer.Factory {
    /** Shown from their first call on; the others always. */
    private static final Set<String> SHOWN_WHEN_USED = Set.of("v3lockpb.Lock", "v3electionpb.Election");

    /** How Netty's transport ends the calls of a client that went without ending them; in etcd, those count as canceled. */
    private static final String CONNECTION_GONE = "connection terminated for unknown reason";

    private static final ServerStreamTracer UNCOUNTED = new ServerStreamTracer() {};

    private final RpcMetrics metrics;
    private final Map<String, MethodDescriptor<?, ?>> methods = new HashMap<>();
    private final Map<String, MethodMetrics> counted = new ConcurrentHashMap<>();

    CallCounting(RpcMetrics metrics, List<ServerServiceDefinition> services) {
        this.metrics = metrics;
        services.forEach(service -> service.getMethods().forEach(method -> {
            MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
            methods.put(descriptor.getFullMethodName(), descriptor);
            if (!SHOWN_WHEN_USED.contains(service.getServiceDescriptor().getName())) {
                counted.put(descriptor.getFullMethodName(), count(descriptor).withAllOutcomes());
            }
        }));
    }

    private MethodMetrics count(MethodDescriptor<?, ?> method) {
        return metrics.method(
                String.valueOf(method.getServiceName()),
                String.valueOf(method.getBareMethodName()),
                type(asClientsKnowIt(method).getType()));
    }

    /** Here, a method takes streams where its clients send one message; see {@link Marshallers#adapt}. */
    private static MethodDescriptor<?, ?> asClientsKnowIt(MethodDescriptor<?, ?> method) {
        return method.getSchemaDescriptor() instanceof MethodDescriptor<?, ?> generated ? generated : method;
    }

    private static String type(MethodType type) {
        return switch (type) {
            case SERVER_STREAMING -> "server_stream";
            case CLIENT_STREAMING -> "client_stream";
            case BIDI_STREAMING -> "bidi_stream";
            case UNARY, UNKNOWN -> "unary";
        };
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        MethodMetrics known = counted.get(fullMethodName);
        if (known == null) {
            known = firstUse(fullMethodName);
        }
        return known == null ? UNCOUNTED : new Call(metrics, known);
    }

    private @Nullable MethodMetrics firstUse(String fullMethodName) {
        MethodDescriptor<?, ?> method = methods.get(fullMethodName);
        return method == null ? null : counted.computeIfAbsent(fullMethodName, name -> count(method));
    }

    /** One call. On its event loop. */
    private static final class Call extends ServerStreamTracer {
        private final RpcMetrics metrics;
        private final MethodMetrics method;
        private final long begin;

        Call(RpcMetrics metrics, MethodMetrics method) {
            this.metrics = metrics;
            this.method = method;
            this.begin = metrics.begin();
            method.started();
        }

        @Override
        public void inboundMessage(int sequence) {
            method.received();
        }

        @Override
        public void outboundMessage(int sequence) {
            method.sent();
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            // Inside the process, nobody knows: then it is negative.
            if (bytes > 0) {
                metrics.bytesReceived(bytes);
            }
        }

        @Override
        public void outboundUncompressedSize(long bytes) {
            if (bytes > 0) {
                metrics.bytesSent(bytes);
            }
        }

        @Override
        public void streamClosed(Status status) {
            Status.Code outcome =
                    CONNECTION_GONE.equals(status.getDescription()) ? Status.Code.CANCELLED : status.getCode();
            method.handled(outcome.value());
            method.took(begin);
        }
    }
}
