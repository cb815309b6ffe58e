package io.etcetera.server.maintenance;

import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.util.List;

/** Estimates, in bytes, of the room that a request takes in the store; etcd's own, so that quotas bite at the same point. */
public final class QuotaCost {
    static final long LEASE_GRANT = 64;
    private static final long KEY_OVERHEAD = 256;

    private QuotaCost() {}

    /** Cost of any request; 0 for those that only read, delete or manage. */
    public static long of(InternalRaftRequest request) {
        if (request.hasPut()) {
            return of(request.getPut());
        } else if (request.hasTxn()) {
            return of(request.getTxn());
        } else if (request.hasLeaseGrant()) {
            return LEASE_GRANT;
        }
        return 0;
    }

    static long of(PutRequest put) {
        return KEY_OVERHEAD + put.getKey().size() + put.getValue().size();
    }

    static long of(TxnRequest txn) {
        return Math.max(of(txn.getSuccessList()), of(txn.getFailureList()));
    }

    private static long of(List<RequestOp> ops) {
        long sum = 0;
        for (RequestOp op : ops) {
            if (op.hasRequestPut()) {
                sum += of(op.getRequestPut());
            } else if (op.hasRequestTxn()) {
                sum += of(op.getRequestTxn());
            }
        }
        return sum;
    }
}
