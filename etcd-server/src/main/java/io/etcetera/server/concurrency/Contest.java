package io.etcetera.server.concurrency;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.Compare.CompareResult;
import io.etcetera.proto.etcdserverpb.Compare.CompareTarget;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortOrder;
import io.etcetera.proto.etcdserverpb.RangeRequest.SortTarget;
import io.etcetera.proto.etcdserverpb.RequestOp;

/**
 * The keys of those who contend for one lock or election: {@code <name>/<lease in lowercase hexadecimal>}. Clients that
 * do without these services lay out their keys in the same way, and contend with those that use them.
 *
 * @param prefix what all keys begin with: the name and a slash
 */
record Contest(ByteString prefix) {
    private static final int HEXADECIMAL = 16;
    private static final ByteString SEPARATOR = ByteString.copyFromUtf8("/");
    /** The separator's successor: name and this is the first key behind all that begin with the prefix. */
    private static final ByteString BEHIND_SEPARATOR = ByteString.copyFromUtf8("0");

    static Contest of(ByteString name) {
        return new Contest(name.concat(SEPARATOR));
    }

    /** The key of the contender with this lease. */
    ByteString key(long leaseId) {
        return prefix.concat(ByteString.copyFromUtf8(Long.toString(leaseId, HEXADECIMAL)));
    }

    private ByteString end() {
        return prefix.substring(0, prefix.size() - SEPARATOR.size()).concat(BEHIND_SEPARATOR);
    }

    KeyRange keys() {
        return KeyRange.of(prefix.toByteArray(), end().toByteArray());
    }

    /** Asks for the owner: the oldest key. */
    RangeRequest owner() {
        return first(SortOrder.ASCEND).build();
    }

    /** Asks for the youngest key created at {@code revision} or before; without its value. */
    RangeRequest youngestUpTo(long revision) {
        return first(SortOrder.DESCEND)
                .setMaxCreateRevision(revision)
                .setKeysOnly(true)
                .build();
    }

    private RangeRequest.Builder first(SortOrder order) {
        return RangeRequest.newBuilder()
                .setKey(prefix)
                .setRangeEnd(end())
                .setSortTarget(SortTarget.CREATE)
                .setSortOrder(order)
                .setLimit(1);
    }

    /** Asks for one key. */
    static RangeRequest single(ByteString key) {
        return RangeRequest.newBuilder().setKey(key).build();
    }

    /** Whether a key is the one that was created at this revision; 0 asks whether there is none. */
    static Compare createdAt(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(CompareTarget.CREATE)
                .setResult(CompareResult.EQUAL)
                .setCreateRevision(revision)
                .build();
    }

    static RequestOp put(ByteString key, ByteString value, long leaseId) {
        return RequestOp.newBuilder()
                .setRequestPut(
                        PutRequest.newBuilder().setKey(key).setValue(value).setLease(leaseId))
                .build();
    }

    static RequestOp get(RangeRequest range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }
}
