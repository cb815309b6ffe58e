package io.etcetera.server.apply;

import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.ResponseOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.EtcdException;
import io.etcetera.server.read.RangeEvaluator;
import io.etcetera.server.read.RangeOutcome;

/**
 * Transactions that came through the log. Apply thread only.
 *
 * <p>A write transaction of the store cannot be rolled back. So the way is chosen first, then everything on it that can
 * fail is checked, and only then is the first operation done.
 */
final class WriteTxns {
    private final KvStore store;
    private final KvWrites writes;

    WriteTxns(KvStore store, KvWrites writes) {
        this.store = store;
        this.writes = writes;
    }

    TxnResponse apply(TxnRequest txn) throws EtcdException {
        TxnPath path = TxnPath.choose(store::range, txn);
        // Of several operations that cannot be done, the first one gives the error.
        path.forEachOp(op -> {
            if (op.hasRequestPut()) {
                writes.checkPut(store::range, op.getRequestPut());
            } else if (op.hasRequestRange()) {
                TxnPath.checkRevision(op.getRequestRange(), store.currentRevision(), store.compactRevision());
            }
        });

        try (WriteTxn changes = store.write()) {
            TxnResponse.Builder response = run(changes, path);
            return response.setHeader(Responses.header(changes.revision())).build();
        }
    }

    private TxnResponse.Builder run(WriteTxn changes, TxnPath path) {
        TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(path.succeeded());
        int nestedIndex = 0;
        for (RequestOp op : path.ops()) {
            ResponseOp.Builder result = ResponseOp.newBuilder();
            switch (op.getRequestCase()) {
                case REQUEST_RANGE ->
                    result.setResponseRange(Responses.range(evaluate(changes, op), changes.revision()));
                case REQUEST_PUT -> result.setResponsePut(writes.put(changes, op.getRequestPut()));
                case REQUEST_DELETE_RANGE ->
                    result.setResponseDeleteRange(writes.delete(changes, op.getRequestDeleteRange()));
                case REQUEST_TXN ->
                    result.setResponseTxn(run(changes, path.nested().get(nestedIndex++))
                            .setHeader(ResponseHeader.getDefaultInstance()));
                case REQUEST_NOT_SET -> {
                    // The RPC layer lets none pass; an entry from elsewhere gets an empty answer, as in etcd.
                }
            }
            response.addResponses(result);
        }
        return response;
    }

    private static RangeOutcome evaluate(WriteTxn changes, RequestOp op) {
        try {
            return RangeEvaluator.evaluate(changes::range, op.getRequestRange());
        } catch (EtcdException e) {
            throw new IllegalStateException("a range failed whose revision had been checked", e);
        }
    }
}
