package io.etcetera.server.rpc.call;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * A call that goes through the log. The answer comes on the apply thread, which is kept for applying: it is encoded and
 * written on the event loop.
 *
 * @param <Q> the request
 */
public final class ProposalCall<Q> extends UnaryCall<Q> implements ResultCallback<Message>, Runnable {

    /** What is particular to a kind of request. One for each method, shared by all calls. */
    public interface Kind<Q> {
        /** Checks what etcd checks before it looks at who is asking. On the event loop. */
        default void validate(Q request) throws EtcdException {}

        /** Checks the request and wraps it for the log. On the event loop. */
        InternalRaftRequest.Builder prepare(Q request) throws EtcdException;

        /** Completes and encodes what applying it has answered. On the event loop. */
        Outbound answer(Message applied);
    }

    private final Kind<Q> kind;
    private @Nullable Message applied;
    private @Nullable EtcdException error;

    ProposalCall(ServerCall<Object, Outbound> call, EventExecutor loop, Kind<Q> kind) {
        super(call, loop);
        this.kind = kind;
    }

    public static <Q> Methods.Opener opener(Kind<Q> kind) {
        return (call, loop) -> new ProposalCall<>(call, loop, kind);
    }

    @Override
    protected void validate(Q request) throws EtcdException {
        kind.validate(request);
    }

    @Override
    protected void handle(Q request) throws EtcdException {
        access().propose(kind.prepare(request), this);
    }

    @Override
    public void completed(Message result) {
        applied = result;
        EventLoops.executeOn(loop(), this);
    }

    @Override
    public void failed(EtcdException cause) {
        error = cause;
        EventLoops.executeOn(loop(), this);
    }

    @Override
    public void run() {
        try {
            if (applied != null) {
                send(kind.answer(applied));
            } else if (error != null) {
                closeWith(StatusTable.of(error.error()));
            }
        } catch (RuntimeException e) {
            closeWith(StatusTable.of(e, method()));
        }
    }
}
