package io.etcetera.server.transport.peer;

import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.transport.Doorkeeper;
import io.etcetera.server.transport.PeerHandlers;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/** A call with one request and one answer, as it comes in from a peer. On the connection's event loop. */
final class UnaryPeerCall<Q, A> extends ServerCall.Listener<Q> implements ResultCallback<A> {
    private final ServerCall<Q, A> call;
    private final PeerHandlers handlers;
    private final Operation<Q, A> operation;
    private final EventExecutor loop;
    private @Nullable Q request;
    private boolean over;

    /** What is asked for. Never blocks; answers once, on any thread. */
    @FunctionalInterface
    interface Operation<Q, A> {
        void run(PeerHandlers handlers, Q request, ResultCallback<A> answer);
    }

    UnaryPeerCall(ServerCall<Q, A> call, PeerHandlers handlers, EventLoops loops, Operation<Q, A> operation) {
        this.call = call;
        this.handlers = handlers;
        this.operation = operation;
        this.loop = loops.home();
    }

    UnaryPeerCall<Q, A> open() {
        call.request(1);
        return this;
    }

    @Override
    public void onMessage(Q message) {
        request = message;
    }

    @Override
    public void onHalfClose() {
        if (request == null) {
            over = true;
            call.close(Status.INTERNAL.withDescription("a request is missing"), Doorkeeper.noTrailers());
        } else {
            operation.run(handlers, request, this);
        }
    }

    @Override
    public void onCancel() {
        over = true;
    }

    @Override
    public void completed(A result) {
        EventLoops.runOn(loop, () -> {
            if (!over) {
                over = true;
                call.sendHeaders(Doorkeeper.noTrailers());
                call.sendMessage(result);
                call.close(Status.OK, Doorkeeper.noTrailers());
            }
        });
    }

    @Override
    public void failed(EtcdException error) {
        EventLoops.runOn(loop, () -> {
            if (!over) {
                over = true;
                call.close(PeerErrors.status(error.error()), PeerErrors.trailers(error.error()));
            }
        });
    }
}
