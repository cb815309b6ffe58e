package io.etcetera.server.rpc.lease;

import com.google.protobuf.MessageLite;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.concurrency.ConcurrencyParts;
import io.etcetera.server.concurrency.MemberClient;
import io.etcetera.server.concurrency.Operation;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.etcetera.server.rpc.call.Access;
import io.etcetera.server.rpc.call.Methods;
import io.etcetera.server.rpc.call.OpenStreams;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.UnaryCall;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One request to a lock or an election. It may wait for hours, on nobody's thread: everything happens on the event loop.
 * The client's leaving, its deadline and the server's stop call it off; then what it has left in the store is cleaned
 * up, and a server that stops waits a moment for that before it closes the connection.
 *
 * @param <Q> the request
 * @param <R> the response
 */
final class OperationCall<Q, R extends MessageLite> extends UnaryCall<Q>
        implements ResultCallback<R>, OpenStreams.Stream {

    /** Begins to serve a request. The answer, whose header holds the revision alone, may come before this returns. */
    @FunctionalInterface
    interface Starter<Q, R> {
        Operation start(MemberClient client, Q request, ResultCallback<R> callback);
    }

    private final RpcContext context;
    private final Starter<Q, R> starter;
    private final UnaryOperator<R> withHeader;
    private Operation operation = Operation.SHORT;
    private boolean answered;
    /** Why the server has called it off, if it has. */
    private @Nullable Status ending;

    private OperationCall(
            ServerCall<Object, Outbound> call,
            EventExecutor loop,
            RpcContext context,
            Starter<Q, R> starter,
            UnaryOperator<R> withHeader) {
        super(call, loop);
        this.context = context;
        this.starter = starter;
        this.withHeader = withHeader;
    }

    /** @param withHeader completes the header of a response */
    static <Q, R extends MessageLite> Methods.Opener opener(
            RpcContext context, Starter<Q, R> starter, UnaryOperator<R> withHeader) {
        return (call, loop) -> new OperationCall<>(call, loop, context, starter, withHeader);
    }

    /** What acts for the client of one call, in its name. */
    static MemberClient client(RpcContext context, Access access, EventExecutor loop) {
        ConcurrencyParts used = access.forOperations(context.readers());
        return new MemberClient(used, task -> EventLoops.runOn(loop, task));
    }

    @Override
    protected void handle(Q request) {
        operation = starter.start(client(context, access(), loop()), request, this);
        if (!answered) {
            context.streams().opened(this, false);
        }
    }

    @Override
    public void completed(R response) {
        ended();
        sendLater(() -> Outbound.of(withHeader.apply(response)));
    }

    @Override
    public void failed(EtcdException error) {
        ended();
        closeWith(ending != null ? ending : StatusTable.ofSecondHand(error.error()));
    }

    private void ended() {
        answered = true;
        context.streams().ended(this);
    }

    @Override
    public void onCancel() {
        super.onCancel();
        operation.cancel();
    }

    @Override
    public void end(Status status) {
        ending = status;
        operation.cancel();
    }
}
