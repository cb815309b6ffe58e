package io.etcetera.server.rpc;

import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortOrder;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortTarget;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.List;

/**
 * What can be said about a request by looking at nothing else. The order of the checks is etcd's: of several mistakes
 * the same one is reported. Stateless.
 */
public final class RequestValidator {
    private final int maxTxnOps;

    public RequestValidator(int maxTxnOps) {
        this.maxTxnOps = maxTxnOps;
    }

    public void check(RangeRequest range) throws EtcdException {
        checkRange(range);
    }

    /** What every range has to fulfil, whoever asks. */
    public static void checkRange(RangeRequest range) throws EtcdException {
        if (range.getKey().isEmpty()) {
            throw new EtcdException(EtcdError.EMPTY_KEY);
        }
        if (range.getSortOrder() == SortOrder.UNRECOGNIZED || range.getSortTarget() == SortTarget.UNRECOGNIZED) {
            throw new EtcdException(EtcdError.INVALID_SORT_OPTION);
        }
    }

    /** A range that is to be streamed can be neither sorted nor filtered. */
    public void checkStream(RangeRequest range) throws EtcdException {
        check(range);
        boolean keyOrder = range.getSortOrder() == SortOrder.NONE
                || (range.getSortOrder() == SortOrder.ASCEND && range.getSortTarget() == SortTarget.KEY);
        if (!keyOrder) {
            throw new EtcdException(EtcdError.STREAM_SORT_UNSUPPORTED);
        }
        if (range.getMinModRevision() != 0
                || range.getMaxModRevision() != 0
                || range.getMinCreateRevision() != 0
                || range.getMaxCreateRevision() != 0) {
            throw new EtcdException(EtcdError.STREAM_FILTER_UNSUPPORTED);
        }
    }

    public void check(PutRequest put) throws EtcdException {
        if (put.getKey().isEmpty()) {
            throw new EtcdException(EtcdError.EMPTY_KEY);
        }
        if (put.getIgnoreValue() && !put.getValue().isEmpty()) {
            throw new EtcdException(EtcdError.VALUE_PROVIDED);
        }
        if (put.getIgnoreLease() && put.getLease() != 0) {
            throw new EtcdException(EtcdError.LEASE_PROVIDED);
        }
    }

    public void check(DeleteRangeRequest delete) throws EtcdException {
        if (delete.getKey().isEmpty()) {
            throw new EtcdException(EtcdError.EMPTY_KEY);
        }
    }

    public void check(TxnRequest txn) throws EtcdException {
        check(txn, maxTxnOps);
        TxnKeys.checkNoDuplicates(txn);
    }

    /** Checks a transaction that may have {@code budget} operations; what is nested in it shares what it leaves. */
    private void check(TxnRequest txn, int budget) throws EtcdException {
        int ops = Math.max(txn.getCompareCount(), Math.max(txn.getSuccessCount(), txn.getFailureCount()));
        if (ops > budget) {
            throw new EtcdException(EtcdError.TOO_MANY_OPS);
        }
        for (Compare compare : txn.getCompareList()) {
            if (compare.getKey().isEmpty()) {
                throw new EtcdException(EtcdError.EMPTY_KEY);
            }
        }
        check(txn.getSuccessList(), budget - ops);
        check(txn.getFailureList(), budget - ops);
    }

    private void check(List<RequestOp> ops, int nestedBudget) throws EtcdException {
        for (RequestOp op : ops) {
            switch (op.getRequestCase()) {
                case REQUEST_RANGE -> check(op.getRequestRange());
                case REQUEST_PUT -> check(op.getRequestPut());
                case REQUEST_DELETE_RANGE -> check(op.getRequestDeleteRange());
                case REQUEST_TXN -> check(op.getRequestTxn(), nestedBudget);
                case REQUEST_NOT_SET -> throw new EtcdException(EtcdError.KEY_NOT_FOUND);
            }
        }
    }
}
