package io.etcetera.mvcc.revision;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.RangeOptions;
import io.etcetera.mvcc.RangeResult;
import io.etcetera.mvcc.RevisionException;
import io.etcetera.mvcc.RevisionException.Kind;
import io.etcetera.mvcc.StoreListener;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.index.IndexEntry;
import io.etcetera.mvcc.index.KeyIndex;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.mvcc.schema.KeyValueCodec;
import io.etcetera.mvcc.schema.RevisionKey;
import io.etcetera.mvcc.watch.Change;
import java.util.ArrayList;
import java.util.List;

/**
 * A write transaction. Holds the store's writer lock from its making until {@link #close()}; its records go into the
 * backend at once, but nothing leads to them before the index is published.
 */
final class StoreTxn implements WriteTxn {
    private final RevisionStore store;
    private final Backend backend;
    private final KeyIndex index;
    private final LeaseBinder leases;
    private final StoreListener listener;
    private final long beginRevision;
    private final List<Change> changes = new ArrayList<>(1);
    private final IndexEntry entry = new IndexEntry();
    private int puts;
    private int deletes;
    private int ranges;
    private long putBytes;
    private boolean closed;

    StoreTxn(RevisionStore store, Backend backend, KeyIndex index, LeaseBinder leases, StoreListener listener) {
        this.store = store;
        this.backend = backend;
        this.index = index;
        this.leases = leases;
        this.listener = listener;
        this.beginRevision = store.currentRevision();
    }

    @Override
    public RangeResult range(KeyRange range, RangeOptions options) throws RevisionException {
        checkOpen();
        ranges++;
        long current = revision();
        long at = options.revision() <= 0 ? current : options.revision();
        RangeResult result = store.read(index.writerView(), range, options, at, current);
        if (result == null) {
            throw new RevisionException(Kind.COMPACTED);
        }
        return result;
    }

    @Override
    public long put(byte[] key, byte[] value, long leaseId) {
        checkOpen();
        puts++;
        putBytes += key.length + value.length;
        long main = beginRevision + 1;
        long sub = changes.size();
        boolean isUpdate = index.writerView().get(key, main, entry);
        long create = isUpdate ? entry.createMain() : main;
        long version = isUpdate ? entry.version() + 1 : 1;
        byte[] record = KeyValueCodec.encode(key, create, main, version, value, leaseId);
        backend.put(Bucket.KEY, RevisionKey.of(main, sub), record);
        index.put(key, main, sub);
        changes.add(new Change(key, record, main, sub, false, create, version));
        long oldLease = leases.leaseOf(key);
        if (oldLease != leaseId) {
            if (oldLease != LeaseBinder.NO_LEASE) {
                leases.detach(oldLease, key);
            }
            if (leaseId != LeaseBinder.NO_LEASE) {
                leases.attach(leaseId, key);
            }
        }
        return main;
    }

    @Override
    public long delete(KeyRange range) {
        checkOpen();
        deletes++;
        long main = beginRevision + 1;
        if (range.isSingle()) {
            return deleteOne(range.start(), main) ? 1 : 0;
        }
        List<byte[]> keys = new ArrayList<>();
        index.writerView().range(range, main, key -> keys.add(key.key()));
        for (byte[] key : keys) {
            deleteOne(key, main);
        }
        return keys.size();
    }

    private boolean deleteOne(byte[] key, long main) {
        long sub = changes.size();
        if (!index.delete(key, main, sub)) {
            return false;
        }
        byte[] record = KeyValueCodec.encodeTombstone(key);
        backend.put(Bucket.KEY, RevisionKey.ofTombstone(main, sub), record);
        changes.add(new Change(key, record, main, sub, true, 0, 0));
        long lease = leases.leaseOf(key);
        if (lease != LeaseBinder.NO_LEASE) {
            leases.detach(lease, key);
        }
        return true;
    }

    @Override
    public long revision() {
        return changes.isEmpty() ? beginRevision : beginRevision + 1;
    }

    @Override
    public int changes() {
        return changes.size();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the transaction is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.finish(revision(), changes);
            listener.written(puts, deletes, ranges, putBytes);
        }
    }
}
