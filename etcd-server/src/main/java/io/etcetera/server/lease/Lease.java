package io.etcetera.server.lease;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One lease. Everything that changes is guarded by the lessor's lock. */
final class Lease {
    /** Expiry of a lease on a member that does not lead. */
    static final long FOREVER = Long.MAX_VALUE;

    /** The one that expires first ahead; within a millisecond, the one that was granted or renewed first. */
    static final Comparator<Lease> BY_EXPIRY = Comparator.<Lease>comparingLong(lease -> lease.expiryMillis)
            .thenComparingLong(lease -> lease.turn)
            .thenComparingLong(lease -> lease.id);

    final long id;
    final long ttlSeconds;

    /** On the lessor's monotonic clock. While the lease is in the expiry queue, change it only through the lessor. */
    long expiryMillis = FOREVER;

    /** Counts grants and renewals of all leases; likewise. */
    long turn;

    /** Taken from the expiry queue, on its way to be revoked. */
    boolean revoking;

    // Most leases hold one key or none: sets and lists of their own would outweigh everything else.
    private Set<ByteString> keys = Set.of();
    private List<Renewal> renewals = List.of();

    Lease(long id, long ttlSeconds) {
        this.id = id;
        this.ttlSeconds = ttlSeconds;
    }

    void add(ByteString key) {
        if (keys.isEmpty()) {
            keys = Set.of(key);
        } else if (!keys.contains(key)) {
            if (!(keys instanceof HashSet)) {
                keys = new HashSet<>(keys);
            }
            keys.add(key);
        }
    }

    void remove(ByteString key) {
        if (keys instanceof HashSet) {
            keys.remove(key);
        } else if (keys.contains(key)) {
            keys = Set.of();
        }
    }

    Set<ByteString> keys() {
        return keys;
    }

    /** A renewal that came too late, and is answered when the lease has been revoked. */
    void await(Renewal renewal) {
        if (renewals.isEmpty()) {
            renewals = new ArrayList<>(1);
        }
        renewals.add(renewal);
    }

    List<Renewal> takeRenewals() {
        List<Renewal> taken = renewals;
        renewals = List.of();
        return taken;
    }

    boolean isExpired(long nowMillis) {
        return expiryMillis <= nowMillis;
    }
}
