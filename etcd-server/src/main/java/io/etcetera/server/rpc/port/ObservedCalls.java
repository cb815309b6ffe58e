package io.etcetera.server.rpc.port;

import io.etcetera.server.CallObserver;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.Optional;

/** Tells an observer of calls where the transport sees them, so that no call is wrapped and none forgotten. */
final class ObservedCalls extends ServerStreamTracer.Factory {
    private final CallObserver observer;

    ObservedCalls(CallObserver observer) {
        this.observer = observer;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Call(observer.begin(
                fullMethodName,
                name -> Optional.ofNullable(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)))));
    }

    private static final class Call extends ServerStreamTracer {
        private final CallObserver.Observation observation;

        Call(CallObserver.Observation observation) {
            this.observation = observation;
        }

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> info) {
            SocketAddress local = info.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
            if (local != null) {
                observation.servedAt(local);
            }
        }

        @Override
        public void streamClosed(Status status) {
            observation.ended(status.getCode().name(), Optional.ofNullable(status.getDescription()));
        }
    }
}
