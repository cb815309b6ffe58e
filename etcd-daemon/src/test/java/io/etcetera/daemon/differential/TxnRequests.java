package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.Compare.CompareTarget;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.util.random.RandomGenerator;

/** Random transactions, nested ones among them, with every target, result and kind of operand. */
final class TxnRequests {
    private static final int UNKNOWN_ENUM = 7;
    private static final int MAX_DEPTH = 3;

    private final RandomGenerator random;
    private final KeyAlphabet keys;
    private final Leases leases;
    private final KvRequests kv;

    TxnRequests(RandomGenerator random, KeyAlphabet keys, Leases leases, KvRequests kv) {
        this.random = random;
        this.keys = keys;
        this.leases = leases;
        this.kv = kv;
    }

    TxnRequest txn() {
        return oneIn(4) ? readOnly() : txn(1);
    }

    private TxnRequest readOnly() {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        addCompares(txn);
        boolean serializable = oneIn(3);
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.addSuccess(range(serializable));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addFailure(range(serializable));
        }
        return txn.build();
    }

    private RequestOp range(boolean serializable) {
        return RequestOp.newBuilder()
                .setRequestRange(kv.range().toBuilder().setSerializable(serializable))
                .build();
    }

    private TxnRequest txn(int depth) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        addCompares(txn);
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.addSuccess(operation(depth));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            txn.addFailure(operation(depth));
        }
        return txn.build();
    }

    private RequestOp operation(int depth) {
        RequestOp.Builder op = RequestOp.newBuilder();
        int draw = random.nextInt(100);
        if (draw < 40) {
            return op.setRequestPut(kv.put()).build();
        }
        if (draw < 65) {
            return op.setRequestRange(rangeInTxn()).build();
        }
        if (draw < 80) {
            return op.setRequestDeleteRange(kv.deleteInTxn()).build();
        }
        if (draw < 99 && depth < MAX_DEPTH) {
            return op.setRequestTxn(txn(depth + 1)).build();
        }
        // One in a hundred holds nothing.
        return draw < 99 ? op.setRequestPut(kv.put()).build() : op.build();
    }

    private RangeRequest rangeInTxn() {
        // One bad revision fails the whole transaction, so most ranges of transactions have none.
        RangeRequest range = kv.range();
        return oneIn(3) ? range : range.toBuilder().clearRevision().build();
    }

    private void addCompares(TxnRequest.Builder txn) {
        for (int i = random.nextInt(3); i > 0; i--) {
            txn.addCompare(compare());
        }
    }

    private Compare compare() {
        ByteString key = keys.keyOrEmpty();
        Compare.Builder compare = Compare.newBuilder()
                .setKey(key)
                .setRangeEnd(oneIn(4) ? keys.rangeEnd(key) : ByteString.EMPTY)
                .setResultValue(oneIn(100) ? UNKNOWN_ENUM : random.nextInt(4));
        CompareTarget target = CompareTarget.forNumber(random.nextInt(5));
        CompareTarget operand = oneIn(15) ? CompareTarget.forNumber(random.nextInt(5)) : target;
        if (!oneIn(12)) {
            setOperand(compare, operand);
        }
        return (oneIn(100) ? compare.setTargetValue(UNKNOWN_ENUM) : compare.setTarget(target)).build();
    }

    private void setOperand(Compare.Builder compare, CompareTarget operand) {
        switch (operand) {
            case VERSION -> compare.setVersion(random.nextInt(4) - (oneIn(20) ? 5 : 0));
            case CREATE -> compare.setCreateRevision(revision());
            case MOD -> compare.setModRevision(revision());
            case VALUE -> compare.setValue(keys.value());
            case LEASE -> compare.setLease(oneIn(3) ? 0 : leases.attachableId());
            case UNRECOGNIZED -> throw new IllegalArgumentException("not an operand");
        }
    }

    private long revision() {
        return oneIn(3) ? 0 : Symbols.revision(-random.nextInt(40));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }
}
