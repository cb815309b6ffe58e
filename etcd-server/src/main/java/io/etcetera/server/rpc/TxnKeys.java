package io.etcetera.server.rpc;

import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The keys that operations of a transaction may change, to find one that would change twice: put twice, or put and
 * deleted, on one path through the transaction. Deleting twice is allowed, and so is touching a key in both branches of
 * a transaction, for only one of them runs. Two more cases pass, because they pass in etcd: a nested transaction may
 * delete what another one before it, in the same branch, has put; and a delete of everything from a key on goes with any
 * put, for etcd takes its end, a zero byte, for a key that sorts before all others.
 *
 * <p>Puts are a sorted set of keys; deletes are disjoint intervals by their start. Whatever is looked for or moved, it
 * is the smaller side that is walked, so that deep nesting does not make the work grow with the square of the request.
 */
final class TxnKeys {
    private static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    private NavigableSet<byte[]> puts = new TreeSet<>(ORDER);
    /** Start to end, which is exclusive. */
    private NavigableMap<byte[], byte[]> deletes = new TreeMap<>(ORDER);

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
                TxnKeys nested = of(op.getRequestTxn().getSuccessList());
                // Only one of the two will run: what both of them touch is no repetition.
                nested.absorb(of(op.getRequestTxn().getFailureList()));
                all.refuseRepeated(nested.puts);
                all.absorb(nested);
            }
        }
        for (RequestOp op : ops) {
            if (op.hasRequestPut()) {
                all.put(op.getRequestPut().getKey().toByteArray());
            }
        }
        return all;
    }

    private void put(byte[] key) throws EtcdException {
        if (isDeleted(key) || !puts.add(key)) {
            throw new EtcdException(EtcdError.DUPLICATE_KEY);
        }
    }

    private void delete(DeleteRangeRequest request) {
        byte[] start = request.getKey().toByteArray();
        byte[] end = request.getRangeEnd().toByteArray();
        if (end.length == 0) {
            addDelete(start, Arrays.copyOf(start, start.length + 1));
        } else if (ORDER.compare(start, end) < 0) {
            addDelete(start, end);
        }
    }

    private void refuseRepeated(NavigableSet<byte[]> nestedPuts) throws EtcdException {
        if (haveCommonKey(puts, nestedPuts) || isAnyDeleted(nestedPuts)) {
            throw new EtcdException(EtcdError.DUPLICATE_KEY);
        }
    }

    private static boolean haveCommonKey(NavigableSet<byte[]> one, NavigableSet<byte[]> other) {
        boolean oneIsSmaller = one.size() <= other.size();
        NavigableSet<byte[]> larger = oneIsSmaller ? other : one;
        for (byte[] key : oneIsSmaller ? one : other) {
            if (larger.contains(key)) {
                return true;
            }
        }
        return false;
    }

    private boolean isAnyDeleted(NavigableSet<byte[]> keys) {
        if (keys.size() <= deletes.size()) {
            return keys.stream().anyMatch(this::isDeleted);
        }
        for (Map.Entry<byte[], byte[]> interval : deletes.entrySet()) {
            byte[] key = keys.ceiling(interval.getKey());
            if (key != null && ORDER.compare(key, interval.getValue()) < 0) {
                return true;
            }
        }
        return false;
    }

    private boolean isDeleted(byte[] key) {
        Map.Entry<byte[], byte[]> interval = deletes.floorEntry(key);
        return interval != null && ORDER.compare(key, interval.getValue()) < 0;
    }

    /** Takes over everything that another one has, which is not to be used afterwards. */
    private void absorb(TxnKeys other) {
        if (other.puts.size() > puts.size()) {
            NavigableSet<byte[]> larger = other.puts;
            other.puts = puts;
            puts = larger;
        }
        puts.addAll(other.puts);
        if (other.deletes.size() > deletes.size()) {
            NavigableMap<byte[], byte[]> larger = other.deletes;
            other.deletes = deletes;
            deletes = larger;
        }
        other.deletes.forEach(this::addDelete);
    }

    /** Adds an interval, melting it with those that it touches. */
    private void addDelete(byte[] start, byte[] end) {
        byte[] from = start;
        byte[] to = end;
        Map.Entry<byte[], byte[]> before = deletes.floorEntry(start);
        if (before != null && reaches(before.getValue(), start)) {
            from = before.getKey();
            to = later(before.getValue(), to);
        }
        Map.@Nullable Entry<byte[], byte[]> next = deletes.ceilingEntry(from);
        while (next != null && reaches(to, next.getKey())) {
            to = later(next.getValue(), to);
            deletes.remove(next.getKey());
            next = deletes.ceilingEntry(from);
        }
        deletes.put(from, to);
    }

    /** Whether an interval with this end touches one that starts at {@code start} or before it. */
    private static boolean reaches(byte[] end, byte[] start) {
        return ORDER.compare(end, start) >= 0;
    }

    private static byte[] later(byte[] oneEnd, byte[] otherEnd) {
        return ORDER.compare(oneEnd, otherEnd) >= 0 ? oneEnd : otherEnd;
    }
}
