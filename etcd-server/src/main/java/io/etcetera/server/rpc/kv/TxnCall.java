package io.etcetera.server.rpc.kv;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.apply.ReadOnlyTxn;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.metrics.RequestWatch;
import io.etcetera.server.net.EventLoops;
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
import java.util.stream.Collectors;

/**
 * One Txn. It goes through the log unless all its operations are ranges; then it is evaluated here, like a Range: on the
 * event loop if it only looks at a few single keys, on a reader thread otherwise.
 */
final class TxnCall extends UnaryCall<TxnRequest> {
    private static final int MAX_OPS_ON_LOOP = 16;

    private final RpcContext context;
    private final RequestWatch watch;
    private long begin;

    TxnCall(ServerCall<Object, Outbound> call, EventExecutor loop, RpcContext context) {
        super(call, loop);
        this.context = context;
        this.watch = context.parts().metrics().requestWatch();
    }

    @Override
    protected void handle(TxnRequest txn) throws EtcdException {
        context.parts().quota().check(txn);
        context.validator().check(txn);
        begin = watch.begin();
        if (!ReadOnlyTxn.isReadOnly(txn)) {
            access().propose(InternalRaftRequest.newBuilder().setTxn(txn), new Write());
        } else if (ReadOnlyTxn.isSerializable(txn)) {
            identify(txn);
        } else {
            context.parts().reads().await(txn, new Read());
        }
    }

    private void identify(TxnRequest txn) {
        access().identify(Callbacks.of(caller -> readSoon(caller, txn), this::closeLater));
    }

    private void readSoon(Caller caller, TxnRequest txn) {
        if (isSmall(txn)) {
            EventLoops.runOn(loop(), () -> read(caller, txn));
            return;
        }
        try {
            context.readers().execute(() -> read(caller, txn));
        } catch (RejectedExecutionException e) {
            closeLater(new EtcdException(EtcdError.STOPPED));
        }
    }

    private void read(Caller caller, TxnRequest txn) {
        if (isCancelled()) {
            return;
        }
        waitedUntil(watch.begin());
        try {
            TxnResponse response = access().txn(caller, txn);
            send(answer(response));
            answered(txn, response, Optional.empty());
        } catch (EtcdException | RuntimeException e) {
            answered(txn, TxnResponse.getDefaultInstance(), Optional.of(String.valueOf(e.getMessage())));
            closeWith(StatusTable.of(e, method()));
        }
    }

    private void answered(TxnRequest txn, TxnResponse response, Optional<String> error) {
        watch.read(
                "ReadonlyTxn",
                "read-only txn ",
                () -> RequestText.of(txn),
                () -> response.getResponsesList().stream()
                        .map(op ->
                                "range_response_count:" + op.getResponseRange().getKvsCount())
                        .collect(Collectors.joining(" ", "responses:<", "> size:" + response.getSerializedSize())),
                error,
                begin);
    }

    private Outbound answer(TxnResponse response) {
        return Outbound.of(response.toBuilder()
                .setHeader(context.headers().completing(response.getHeader()))
                .build());
    }

    private static boolean isSmall(TxnRequest txn) {
        return txn.getCompareCount() <= MAX_OPS_ON_LOOP
                && txn.getCompareList().stream()
                        .allMatch(compare -> compare.getRangeEnd().isEmpty())
                && isSmall(txn.getSuccessList())
                && isSmall(txn.getFailureList());
    }

    private static boolean isSmall(List<RequestOp> ops) {
        return ops.size() <= MAX_OPS_ON_LOOP
                && ops.stream()
                        .allMatch(op -> op.getRequestRange().getRangeEnd().isEmpty());
    }

    private final class Read implements ResultCallback<TxnRequest> {
        @Override
        public void completed(TxnRequest txn) {
            identify(txn);
        }

        @Override
        public void failed(EtcdException error) {
            closeLater(error);
        }
    }

    private final class Write implements ResultCallback<Message> {
        @Override
        public void completed(Message applied) {
            sendLater(() -> answer((TxnResponse) applied));
        }

        @Override
        public void failed(EtcdException error) {
            closeLater(error);
        }
    }
}
