package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;

/**
 * A candidate's key, and what only the one who put it may do with it.
 *
 * @param key the key; clients may send an empty one
 * @param createRevision revision that it must have been created at
 */
record Leadership(ByteString key, long createRevision) {

    /** Changes the value. Fails with ELECTION_NOT_LEADER if the key is another one now, or gone. */
    void proclaim(MemberClient client, ByteString value, long leaseId, ResultCallback<ResponseHeader> callback) {
        ifStillThere(client, Contest.put(key, value, leaseId), Callbacks.then(callback, txn -> {
            if (txn.getSucceeded()) {
                callback.completed(txn.getHeader());
            } else {
                callback.failed(new EtcdException(EtcdError.ELECTION_NOT_LEADER));
            }
        }));
    }

    /** Deletes the key, unless it is another one now. */
    void resign(MemberClient client, ResultCallback<? super TxnResponse> callback) {
        RequestOp delete = RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key))
                .build();
        ifStillThere(client, delete, callback);
    }

    private void ifStillThere(MemberClient client, RequestOp op, ResultCallback<? super TxnResponse> callback) {
        if (key.isEmpty()) {
            callback.failed(new EtcdException(EtcdError.EMPTY_KEY));
            return;
        }
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Contest.createdAt(key, createRevision))
                .addSuccess(op)
                .build();
        client.txn(txn, callback);
    }
}
