package io.etcetera.server.apply;

import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.ResponseOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.read.RangeEvaluator;
import io.etcetera.server.read.RangeSource;
import java.util.List;

/**
 * Transactions that only read. They do not go through the log: they are evaluated on the caller's thread against one
 * revision of the store.
 */
public final class ReadOnlyTxn {
    private ReadOnlyTxn() {}

    /** True if every operation of both branches is a range. A nested transaction makes it a write, whatever it holds. */
    public static boolean isReadOnly(TxnRequest txn) {
        return allRanges(txn.getSuccessList()) && allRanges(txn.getFailureList());
    }

    private static boolean allRanges(List<RequestOp> ops) {
        for (RequestOp op : ops) {
            if (!op.hasRequestRange()) {
                return false;
            }
        }
        return true;
    }

    /** True if every range of both branches may be stale, so that the transaction needs no read index. */
    public static boolean isSerializable(TxnRequest txn) {
        return allSerializable(txn.getSuccessList()) && allSerializable(txn.getFailureList());
    }

    private static boolean allSerializable(List<RequestOp> ops) {
        for (RequestOp op : ops) {
            if (!op.hasRequestRange() || !op.getRequestRange().getSerializable()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Evaluates a transaction for which {@link #isReadOnly} holds. All headers hold the revision it was evaluated at.
     *
     * @throws EtcdException COMPACTED or FUTURE_REVISION
     */
    public static TxnResponse evaluate(KvStore store, TxnRequest txn) throws EtcdException {
        while (true) {
            long revision = store.currentRevision();
            try {
                return evaluateAt(store, txn, revision);
            } catch (EtcdException e) {
                // Writes and a compaction may overtake the revision chosen above. Then the transaction is run again at
                // a newer one; it fails only if it named a compacted revision itself.
                if (e.error() != EtcdError.COMPACTED || revision >= store.compactRevision()) {
                    throw e;
                }
            }
        }
    }

    private static TxnResponse evaluateAt(KvStore store, TxnRequest txn, long revision) throws EtcdException {
        RangeSource pinned = (range, options) -> store.range(
                range,
                options.revision() > 0
                        ? options
                        : new RangeOptions(revision, options.limit(), options.countOnly(), options.withoutRecords()));
        TxnPath path = TxnPath.choose(pinned, txn);
        long compacted = store.compactRevision();
        path.forEachOp(op -> TxnPath.checkRevision(op.getRequestRange(), revision, compacted));
        TxnResponse.Builder response =
                TxnResponse.newBuilder().setHeader(Responses.header(revision)).setSucceeded(path.succeeded());
        for (RequestOp op : path.ops()) {
            response.addResponses(ResponseOp.newBuilder()
                    .setResponseRange(
                            Responses.range(RangeEvaluator.evaluate(pinned, op.getRequestRange()), revision)));
        }
        return response.build();
    }
}
