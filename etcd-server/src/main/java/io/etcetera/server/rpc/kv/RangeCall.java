package io.etcetera.server.rpc.kv;

import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.metrics.RequestWatch;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.read.RangeOutcome;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.UnaryCall;
import io.etcetera.server.text.RequestText;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One Range. A read of a single key is answered on the event loop; anything else may be large and is read and encoded on
 * a reader thread.
 */
final class RangeCall extends UnaryCall<RangeRequest> implements ResultCallback<RangeCall>, Runnable {
    private final RpcContext context;
    private final RequestWatch watch;
    private @Nullable RangeRequest request;
    private long begin;
    private Caller caller = Caller.NOBODY;

    RangeCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop);
        this.context = context;
        this.watch = context.parts().metrics().requestWatch();
    }

    @Override
    protected void handle(RangeRequest range) throws EtcdException {
        if (!range.getSerializable() && context.parts().membership().isLearner()) {
            throw new EtcdException(EtcdError.NOT_SUPPORTED_FOR_LEARNER);
        }
        context.validator().check(range);
        begin = watch.begin();
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
        answered(List.of(), Optional.of(error.error().text()));
        closeLater(error);
    }

    @Override
    public void run() {
        RangeRequest range = request;
        if (range == null || isCancelled()) {
            return;
        }
        long readBegin = watch.begin();
        waitedUntil(readBegin);
        boolean read = false;
        try {
            RangeOutcome outcome = access().range(caller, range);
            read = true;
            send(KvsOutbound.range(context.headers(), outcome));
            answered(outcome.kvs(), Optional.empty());
        } catch (EtcdException | RuntimeException e) {
            answered(List.of(), Optional.of(String.valueOf(e.getMessage())));
            closeWith(StatusTable.of(e, method()));
        } finally {
            watch.ranged(read, readBegin);
        }
    }

    private void answered(List<StoredKeyValue> kvs, Optional<String> error) {
        watch.read(
                "Range",
                "read-only range ",
                () -> request == null ? "" : RequestText.fields(request),
                () -> "range_response_count:" + kvs.size() + " size:"
                        + kvs.stream().mapToLong(kv -> kv.encoded().length).sum(),
                error,
                begin);
    }
}
