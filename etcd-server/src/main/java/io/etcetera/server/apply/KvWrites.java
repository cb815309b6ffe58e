package io.etcetera.server.apply;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeResponse;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.lease.Lessor;
import io.etcetera.server.read.RangeSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Put and delete, alone or inside a transaction. Apply thread only. */
final class KvWrites {
    private final Lessor lessor;

    KvWrites(Lessor lessor) {
        this.lessor = lessor;
    }

    /**
     * Checks what can make a put fail, before it or anything beside it is done.
     *
     * @throws EtcdException LEASE_NOT_FOUND or KEY_NOT_FOUND
     */
    void checkPut(RangeSource source, PutRequest put) throws EtcdException {
        if (put.getLease() != LeaseBinder.NO_LEASE && !lessor.exists(put.getLease())) {
            throw new EtcdException(EtcdError.LEASE_NOT_FOUND);
        }
        if (keepsSomething(put) && find(source, put.getKey().toByteArray(), true) == null) {
            throw new EtcdException(EtcdError.KEY_NOT_FOUND);
        }
    }

    private static boolean keepsSomething(PutRequest put) {
        return put.getIgnoreValue() || put.getIgnoreLease();
    }

    /** Does a put that {@link #checkPut} has let pass. */
    PutResponse put(WriteTxn txn, PutRequest put) {
        byte[] key = put.getKey().toByteArray();
        StoredKeyValue found = keepsSomething(put) || put.getPrevKv() ? find(txn::range, key, false) : null;
        KeyValue previous = found == null ? null : found.decode();
        byte[] value;
        long leaseId;
        if (keepsSomething(put)) {
            if (previous == null) {
                throw new IllegalStateException("a put that keeps value or lease was let pass without a key");
            }
            value = (put.getIgnoreValue() ? previous.getValue() : put.getValue()).toByteArray();
            leaseId = put.getIgnoreLease() ? previous.getLease() : put.getLease();
        } else {
            value = put.getValue().toByteArray();
            leaseId = put.getLease();
        }
        long revision = txn.put(key, value, leaseId);
        PutResponse.Builder response = PutResponse.newBuilder().setHeader(Responses.header(revision));
        if (put.getPrevKv() && previous != null) {
            response.setPrevKv(previous);
        }
        return response.build();
    }

    DeleteRangeResponse delete(WriteTxn txn, DeleteRangeRequest delete) {
        KeyRange range =
                KeyRange.of(delete.getKey().toByteArray(), delete.getRangeEnd().toByteArray());
        DeleteRangeResponse.Builder response = DeleteRangeResponse.newBuilder();
        if (delete.getPrevKv()) {
            for (StoredKeyValue kv : current(txn::range, range, RangeOptions.CURRENT)) {
                response.addPrevKvs(kv.decode());
            }
        }
        long deleted = txn.delete(range);
        return response.setDeleted(deleted)
                .setHeader(Responses.header(txn.revision()))
                .build();
    }

    private static @Nullable StoredKeyValue find(RangeSource source, byte[] key, boolean withoutRecord) {
        List<StoredKeyValue> kvs = current(source, KeyRange.single(key), new RangeOptions(0, 1, false, withoutRecord));
        return kvs.isEmpty() ? null : kvs.get(0);
    }

    private static List<StoredKeyValue> current(RangeSource source, KeyRange range, RangeOptions options) {
        try {
            return source.range(range, options).kvs();
        } catch (RevisionException e) {
            throw new IllegalStateException("the current revision must be readable on the apply thread", e);
        }
    }
}
