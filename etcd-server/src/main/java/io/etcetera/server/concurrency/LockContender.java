package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.proto.v3lockpb.LockResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.concurrency.MemberClient.First;

/** One Lock. Without contention it takes one transaction, which puts the key and says that it is the oldest. */
final class LockContender extends Contender<LockResponse> {
    /** Where both branches of the transaction ask for the owner. */
    private static final int OWNER = 1;

    LockContender(MemberClient client, Contest contest, ResultCallback<LockResponse> callback) {
        super(client, contest, callback);
    }

    @Override
    TxnRequest entry(ByteString key, long leaseId) {
        return TxnRequest.newBuilder()
                .addCompare(Contest.createdAt(key, 0))
                .addSuccess(Contest.put(key, ByteString.EMPTY, leaseId))
                .addSuccess(Contest.get(contest().owner()))
                .addFailure(Contest.get(Contest.single(key)))
                .addFailure(Contest.get(contest().owner()))
                .build();
    }

    @Override
    void entered(TxnResponse entry) {
        long ownRevision = ownRevision(entry);
        RangeResponse owner = entry.getResponses(OWNER).getResponseRange();
        if (owner.getKvs(0).getCreateRevision() == ownRevision) {
            locked(entry.getHeader().getRevision());
        } else {
            awaitTurn(ownRevision, unlessOver(turn -> confirm(), this::leaveAndFail));
        }
    }

    /** Those before us are gone. So may be our own key, if our lease has ended meanwhile. */
    private void confirm() {
        client().first(Contest.single(key()), unlessOver(this::confirmed, this::leaveAndFail));
    }

    private void confirmed(First own) {
        if (own.kv().isPresent()) {
            locked(own.revision());
        } else {
            fail(new EtcdException(EtcdError.SESSION_EXPIRED));
        }
    }

    private void locked(long revision) {
        complete(LockResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setRevision(revision))
                .setKey(key())
                .build());
    }

    @Override
    void leave(ResultCallback<Message> left) {
        client().delete(key(), left);
    }
}
