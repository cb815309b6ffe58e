package io.etcetera.server.lease;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.etcetera.mvcc.CorruptStoreException;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases by ID, and by the keys that hang on them. Guarded by the lessor's lock, once a lessor has it; before, it belongs
 * to the thread that loads it.
 */
public final class LeaseTable implements LeaseBinder {
    private static final Logger log = LoggerFactory.getLogger(LeaseTable.class);

    private final Map<Long, Lease> leases = new HashMap<>();
    private final Map<ByteString, Lease> leaseByKey = new HashMap<>();

    /**
     * Loads what is in a backend. Keys are bound afterwards, by whoever loads the store.
     *
     * @throws CorruptStoreException if a record cannot be read
     */
    public static LeaseTable load(Backend backend, LessorOptions options) {
        LeaseTable table = new LeaseTable();
        backend.forEach(Bucket.LEASE, (key, value) -> table.add(decode(value, options)));
        return table;
    }

    private static Lease decode(byte[] encoded, LessorOptions options) {
        try {
            var stored = io.etcetera.proto.leasepb.Lease.parseFrom(encoded);
            return new Lease(stored.getID(), Math.max(stored.getTTL(), options.minTtlSeconds()));
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptStoreException("a value of bucket lease is not a Lease", e);
        }
    }

    void add(Lease lease) {
        leases.put(lease.id, lease);
    }

    /** Takes a lease away, whose keys have been taken off it. Null if there is none of this ID. */
    @Nullable
    Lease remove(long leaseId) {
        return leases.remove(leaseId);
    }

    @Nullable
    Lease get(long leaseId) {
        return leases.get(leaseId);
    }

    Collection<Lease> all() {
        return leases.values();
    }

    @Override
    public long leaseOf(byte[] key) {
        Lease lease = leaseByKey.get(UnsafeByteOperations.unsafeWrap(key));
        return lease == null ? NO_LEASE : lease.id;
    }

    @Override
    public void attach(long leaseId, byte[] key) {
        Lease lease = leases.get(leaseId);
        if (lease == null) {
            // Only a store that something else has written to can hold such a key; it stays, without a lease.
            log.atWarn()
                    .addKeyValue("lease-id", Long.toHexString(leaseId))
                    .log("a key names a lease that does not exist");
            return;
        }
        ByteString wrapped = UnsafeByteOperations.unsafeWrap(key);
        Lease previous = leaseByKey.put(wrapped, lease);
        if (previous != null && previous != lease) {
            previous.remove(wrapped);
        }
        lease.add(wrapped);
    }

    @Override
    public void detach(long leaseId, byte[] key) {
        Lease lease = leases.get(leaseId);
        if (lease != null) {
            ByteString wrapped = UnsafeByteOperations.unsafeWrap(key);
            lease.remove(wrapped);
            leaseByKey.remove(wrapped, lease);
        }
    }
}
