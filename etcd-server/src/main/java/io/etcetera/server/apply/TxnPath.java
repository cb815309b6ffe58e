package io.etcetera.server.apply;

import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.read.RangeSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Which way a transaction goes. All compares along the way, those of nested transactions included, are evaluated before
 * the first operation runs.
 *
 * @param succeeded whether the compares held
 * @param ops the branch taken
 * @param nested the ways of the nested transactions in that branch, in their order
 */
record TxnPath(boolean succeeded, List<RequestOp> ops, List<TxnPath> nested) {

    /** What a single operation has to fulfil before anything runs. */
    @FunctionalInterface
    interface Check<T> {
        void check(T request) throws EtcdException;
    }

    static TxnPath choose(RangeSource source, TxnRequest txn) throws EtcdException {
        boolean succeeded = true;
        for (Compare compare : txn.getCompareList()) {
            if (!TxnCompare.holds(source, compare)) {
                succeeded = false;
                break;
            }
        }
        List<RequestOp> ops = succeeded ? txn.getSuccessList() : txn.getFailureList();
        List<TxnPath> nested = new ArrayList<>(0);
        for (RequestOp op : ops) {
            if (op.hasRequestTxn()) {
                nested.add(choose(source, op.getRequestTxn()));
            }
        }
        return new TxnPath(succeeded, ops, nested);
    }

    /** Runs a check on every operation along the way, in order. */
    void forEachOp(Check<RequestOp> check) throws EtcdException {
        int nestedIndex = 0;
        for (RequestOp op : ops) {
            if (op.hasRequestTxn()) {
                nested.get(nestedIndex++).forEachOp(check);
            } else {
                check.check(op);
            }
        }
    }

    /**
     * Checks the revision that a range in a transaction asks for. Unlike in a plain Range, a negative one is one that may
     * be compacted already.
     *
     * @throws EtcdException FUTURE_REVISION or COMPACTED
     */
    static void checkRevision(RangeRequest range, long currentRevision, long compactRevision) throws EtcdException {
        long revision = range.getRevision();
        if (revision == 0) {
            return;
        }
        if (revision > currentRevision) {
            throw new EtcdException(EtcdError.FUTURE_REVISION);
        }
        if (revision < compactRevision) {
            throw new EtcdException(EtcdError.COMPACTED);
        }
    }
}
