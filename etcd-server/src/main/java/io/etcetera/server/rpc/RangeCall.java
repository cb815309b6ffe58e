package io.etcetera.server.rpc;

import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.net.EventLoops;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One Range. A read of a single key is answered on the event loop; anything else may be large and is read and encoded on
 * a reader thread.
 */
final class RangeCall extends UnaryCall<RangeRequest> implements ResultCallback<RangeCall>, Runnable {
    private final RpcContext context;
    private @Nullable RangeRequest request;
    private Caller caller = Caller.NOBODY;

    RangeCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop);
        this.context = context;
    }

    @Override
    void handle(RangeRequest range) throws EtcdException {
        if (!range.getSerializable() && context.parts().membership().isLearner()) {
            throw new EtcdException(EtcdError.NOT_SUPPORTED_FOR_LEARNER);
        }
        context.validator().check(range);
        request = range;
        if (range.getSerializable()) {
            completed(this);
        } else {
            context.parts().reads().await(this, this);
        }
    }

    /** The store may be read now, if the caller may. */
    @Override
    public void completed(RangeCall self) {
        if (access().isOpen()) {
            readSoon();
        } else {
            access().identify(Callbacks.then(this, this::identified));
        }
    }

    private void identified(Caller who) {
        caller = who;
        readSoon();
    }

    private void readSoon() {
        RangeRequest range = request;
        if (range == null) {
            return;
        }
        if (range.getRangeEnd().isEmpty()) {
            EventLoops.runOn(loop(), this);
            return;
        }
        try {
            context.readers().execute(this);
        } catch (RejectedExecutionException e) {
            closeLater(new EtcdException(EtcdError.STOPPED));
        }
    }

    @Override
    public void failed(EtcdException error) {
        closeLater(error);
    }

    @Override
    public void run() {
        RangeRequest range = request;
        if (range == null || isCancelled()) {
            return;
        }
        try {
            send(KvsOutbound.range(context.headers(), access().range(caller, range)));
        } catch (EtcdException | RuntimeException e) {
            closeWith(StatusTable.of(e, method()));
        }
    }
}
