package io.etcetera.server.rpc;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys that operations of a transaction may change, to find one that would change twice: put twice, or put and
 * deleted, on one path through the transaction. Deleting twice is allowed, and so is touching a key in both branches of
 * a transaction, for only one of them runs. One more case passes, because it passes in etcd: a nested transaction may
 * delete what another one before it, in the same branch, has put.
 *
 * <p>Puts are a set of keys; deletes are disjoint intervals by their start, so that asking whether a key is
 * deleted is one look into a tree.
 */
final class TxnKeys {
    private static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final Set<ByteString> puts = new HashSet<>();
    /** Start to end, which is exclusive; an empty end means that there is none. */
    private final NavigableMap<ByteString, ByteString> deletes = new TreeMap<>(ORDER);

    private TxnKeys() {}

    /** @throws EtcdException DUPLICATE_KEY */
    static void checkNoDuplicates(TxnRequest txn) throws EtcdException {
        checkBranch(txn.getSuccessList());
        checkBranch(txn.getFailureList());
    }

    private static void checkBranch(List<RequestOp> ops) throws EtcdException {
        if (canHaveDuplicates(ops)) {
            of(ops);
        }
    }

    /** One change alone, which is what most transactions make, repeats nothing. */
    private static boolean canHaveDuplicates(List<RequestOp> ops) {
        int changes = 0;
        for (RequestOp op : ops) {
            if (op.hasRequestTxn()) {
                return true;
            }
            if (op.hasRequestPut() || op.hasRequestDeleteRange()) {
                changes++;
            }
        }
        return changes > 1;
    }

    /**
     * Everything that one branch may change. Its own deletes count first and its own puts last, so that either meets
     * whatever is nested in the branch, in front or behind.
     */
    private static TxnKeys of(List<RequestOp> ops) throws EtcdException {
        TxnKeys all = new TxnKeys();
        for (RequestOp op : ops) {
            if (op.hasRequestDeleteRange()) {
                all.delete(op.getRequestDeleteRange());
            }
        }
        for (RequestOp op : ops) {
            if (op.hasRequestTxn()) {
                TxnKeys then = of(op.getRequestTxn().getSuccessList());
                TxnKeys otherwise = of(op.getRequestTxn().getFailureList());
                all.refuseRepeated(then.puts);
                all.refuseRepeated(otherwise.puts);
                all.absorb(then);
                all.absorb(otherwise);
            }
        }
        for (RequestOp op : ops) {
            if (op.hasRequestPut()) {
                all.put(op.getRequestPut().getKey());
            }
        }
        return all;
    }

    private void put(ByteString key) throws EtcdException {
        if (isDeleted(key) || !puts.add(key)) {
            throw new EtcdException(EtcdError.DUPLICATE_KEY);
        }
    }

    private void delete(DeleteRangeRequest request) {
        ByteString start = request.getKey();
        ByteString end = request.getRangeEnd();
        if (end.isEmpty()) {
            addDelete(start, start.concat(ZERO));
        } else if (end.equals(ZERO)) {
            addDelete(start, ByteString.EMPTY);
        } else if (ORDER.compare(start, end) < 0) {
            addDelete(start, end);
        }
    }

    private void refuseRepeated(Set<ByteString> nestedPuts) throws EtcdException {
        for (ByteString key : nestedPuts) {
            if (puts.contains(key) || isDeleted(key)) {
                throw new EtcdException(EtcdError.DUPLICATE_KEY);
            }
        }
    }

    private void absorb(TxnKeys nested) {
        puts.addAll(nested.puts);
        nested.deletes.forEach(this::addDelete);
    }

    private boolean isDeleted(ByteString key) {
        Map.Entry<ByteString, ByteString> interval = deletes.floorEntry(key);
        return interval != null && (interval.getValue().isEmpty() || ORDER.compare(key, interval.getValue()) < 0);
    }

    /** Adds an interval, melting it with those that it touches. */
    private void addDelete(ByteString start, ByteString end) {
        ByteString from = start;
        ByteString to = end;
        Map.Entry<ByteString, ByteString> before = deletes.floorEntry(start);
        if (before != null && reaches(before.getValue(), start)) {
            from = before.getKey();
            to = later(before.getValue(), to);
        }
        Map.@Nullable Entry<ByteString, ByteString> next = deletes.ceilingEntry(from);
        while (next != null && reaches(to, next.getKey())) {
            to = later(next.getValue(), to);
            deletes.remove(next.getKey());
            next = deletes.ceilingEntry(from);
        }
        deletes.put(from, to);
    }

    /** Whether an interval with this end touches one that starts at {@code start} or before it. */
    private static boolean reaches(ByteString end, ByteString start) {
        return end.isEmpty() || ORDER.compare(end, start) >= 0;
    }

    private static ByteString later(ByteString oneEnd, ByteString otherEnd) {
        if (oneEnd.isEmpty() || otherEnd.isEmpty()) {
            return ByteString.EMPTY;
        }
        return ORDER.compare(oneEnd, otherEnd) >= 0 ? oneEnd : otherEnd;
    }
}
