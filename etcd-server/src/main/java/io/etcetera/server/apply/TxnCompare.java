package io.etcetera.server.apply;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.Compare.CompareTarget;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.EtcdException;
import io.etcetera.server.read.RangeSource;
import io.etcetera.server.read.RevisionErrors;
import java.util.List;

/**
 * One compare of a transaction. Numbers that this version does not know are harmless, as in etcd: an unknown operator
 * holds always, an unknown target counts as equal.
 */
final class TxnCompare {
    private static final StoredKeyValue NEVER_WRITTEN = new StoredKeyValue(new byte[0], 0, 0, 0);

    private TxnCompare() {}

    /** True if it holds for every key in the range; a range without keys counts as one key that was never written. */
    static boolean holds(RangeSource source, Compare compare) throws EtcdException {
        CompareTarget target = compare.getTarget();
        boolean needsRecord = target == CompareTarget.VALUE || target == CompareTarget.LEASE;
        List<StoredKeyValue> kvs;
        try {
            KeyRange range = KeyRange.of(
                    compare.getKey().toByteArray(), compare.getRangeEnd().toByteArray());
            kvs = source.range(range, new RangeOptions(0, 0, false, !needsRecord))
                    .kvs();
        } catch (RevisionException e) {
            throw RevisionErrors.toEtcd(e);
        }
        if (kvs.isEmpty()) {
            // An empty value cannot be told from none, so a compare of values never holds for a missing key.
            return target != CompareTarget.VALUE && holds(compare, NEVER_WRITTEN);
        }
        for (StoredKeyValue kv : kvs) {
            if (!holds(compare, kv)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Compare compare, StoredKeyValue kv) {
        // A union that is unset, or holds another target's operand, reads as 0 or empty.
        int order = switch (compare.getTarget()) {
            case VERSION -> Long.compare(kv.version(), compare.getVersion());
            case CREATE -> Long.compare(kv.createRevision(), compare.getCreateRevision());
            case MOD -> Long.compare(kv.modRevision(), compare.getModRevision());
            case VALUE -> compareValues(kv.decode(), compare);
            case LEASE -> Long.compare(kv.decode().getLease(), compare.getLease());
            case UNRECOGNIZED -> 0;
        };
        return switch (compare.getResult()) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case NOT_EQUAL -> order != 0;
            case UNRECOGNIZED -> true;
        };
    }

    private static int compareValues(KeyValue kv, Compare compare) {
        return ByteString.unsignedLexicographicalComparator().compare(kv.getValue(), compare.getValue());
    }
}
