package io.etcetera.server.lease;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.LeaseBinder;
import io.etcetera.mvcc.WriteTxn;
import io.etcetera.mvcc.backend.Backend;
import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.LeadershipListener;
import io.etcetera.server.TimeSource;
import io.etcetera.server.metrics.LeaseMetrics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All leases of the cluster, and which key hangs on which. The apply thread grants, revokes and binds keys; any thread
 * renews and looks; one lock guards it all, held for moments.
 *
 * <p>Leases and their TTLs are replicated, their expiry is not: only the leader has a clock that counts. Elsewhere every
 * lease is forever. Who becomes the leader gives every lease its full TTL anew, plus an election timeout.
 *
 * <p>Invariant: on a leader, each lease is either in {@code byExpiry} or {@code revoking}; elsewhere it is neither.
 */
public final class Lessor implements LeaseBinder, LeadershipListener {
    /** Longest TTL that may be granted, in seconds. */
    static final long MAX_TTL_SECONDS = 9_000_000_000L;

    private final Backend backend;
    private final LessorOptions options;
    private final TimeSource time;
    private final LeaseMetrics metrics;

    private final Object lock = new Object();
    private LeaseTable leases;
    private final TreeSet<Lease> byExpiry = new TreeSet<>(Lease.BY_EXPIRY);
    private final Set<Lease> renewedTooLate = new HashSet<>();
    private boolean primary;
    private long turns;

    /** Loads what is in the backend. To be made before the store opens, which then binds the keys again. */
    public Lessor(Backend backend, LessorOptions options, TimeSource time, LeaseMetrics metrics) {
        this.metrics = metrics;
        this.backend = backend;
        this.options = options;
        this.time = time;
        this.leases = LeaseTable.load(backend, options);
    }

    /** Loads what is in another member's store, for {@link #replace}. Any thread. */
    public LeaseTable load(Backend other) {
        return LeaseTable.load(other, options);
    }

    /**
     * Takes over other leases, whose keys are bound, when another store has been put in the place of this member's. Those
     * who wait for the revoke of a lease turn to the leader again. Apply thread only, on a member that does not lead.
     */
    public void replace(LeaseTable loaded) {
        List<Renewal> late = new ArrayList<>();
        synchronized (lock) {
            leases.all().forEach(lease -> late.addAll(takeRenewals(lease)));
            byExpiry.clear();
            leases = loaded;
        }
        late.forEach(renewal -> renewal.callback().failed(new EtcdException(EtcdError.NOT_PRIMARY_LESSOR)));
    }

    /**
     * Grants a lease, inside an entry of the backend. Apply thread only.
     *
     * @return the TTL granted, in seconds
     * @throws EtcdException LEASE_NOT_FOUND for ID 0, LEASE_TTL_TOO_LARGE, LEASE_EXISTS
     */
    public long grant(long leaseId, long ttlSeconds) throws EtcdException {
        if (leaseId == NO_LEASE) {
            throw new EtcdException(EtcdError.LEASE_NOT_FOUND);
        }
        if (ttlSeconds > MAX_TTL_SECONDS) {
            throw new EtcdException(EtcdError.LEASE_TTL_TOO_LARGE);
        }
        long granted = Math.max(ttlSeconds, options.minTtlSeconds());
        synchronized (lock) {
            if (leases.get(leaseId) != null) {
                throw new EtcdException(EtcdError.LEASE_EXISTS);
            }
            Lease lease = new Lease(leaseId, granted);
            leases.add(lease);
            if (primary) {
                enqueue(lease, time.monotonicMillis());
            }
        }
        byte[] record = io.etcetera.proto.leasepb.Lease.newBuilder()
                .setID(leaseId)
                .setTTL(granted)
                .build()
                .toByteArray();
        backend.put(Bucket.LEASE, backendKey(leaseId), record);
        metrics.granted(granted);
        return granted;
    }

    /**
     * Revokes a lease, inside an entry of the backend: deletes its keys, in order and in one transaction of the store,
     * and then its record. Apply thread only.
     *
     * @throws EtcdException LEASE_NOT_FOUND
     */
    public void revoke(long leaseId, KvStore store) throws EtcdException {
        List<ByteString> keys;
        synchronized (lock) {
            Lease lease = leases.get(leaseId);
            if (lease == null) {
                throw new EtcdException(EtcdError.LEASE_NOT_FOUND);
            }
            keys = new ArrayList<>(lease.keys());
        }
        if (!keys.isEmpty()) {
            keys.sort(ByteString.unsignedLexicographicalComparator());
            try (WriteTxn txn = store.write()) {
                for (ByteString key : keys) {
                    txn.delete(KeyRange.single(key.toByteArray()));
                }
            }
        }
        backend.delete(Bucket.LEASE, backendKey(leaseId));
        metrics.revoked();
        remove(leaseId).forEach(renewal -> renewal.callback().completed(0L));
    }

    private List<Renewal> remove(long leaseId) {
        synchronized (lock) {
            Lease lease = leases.remove(leaseId);
            if (lease == null) {
                throw new IllegalStateException("lease vanished while it was being revoked");
            }
            byExpiry.remove(lease);
            return takeRenewals(lease);
        }
    }

    private static byte[] backendKey(long leaseId) {
        return ByteBuffer.allocate(Long.BYTES).putLong(leaseId).array();
    }

    /** Whether there is a lease of this ID. */
    public boolean exists(long leaseId) {
        synchronized (lock) {
            return leases.get(leaseId) != null;
        }
    }

    /** The keys that hang on a lease, in no order; none if there is no such lease. */
    public List<ByteString> keys(long leaseId) {
        synchronized (lock) {
            Lease lease = leases.get(leaseId);
            return lease == null ? List.of() : List.copyOf(lease.keys());
        }
    }

    @Override
    public long leaseOf(byte[] key) {
        synchronized (lock) {
            return leases.leaseOf(key);
        }
    }

    @Override
    public void attach(long leaseId, byte[] key) {
        synchronized (lock) {
            leases.attach(leaseId, key);
        }
    }

    @Override
    public void detach(long leaseId, byte[] key) {
        synchronized (lock) {
            leases.detach(leaseId, key);
        }
    }

    @Override
    public void leaderStarted() {
        synchronized (lock) {
            primary = true;
            byExpiry.clear();
            long base = time.monotonicMillis() + options.electionTimeout().toMillis();
            List<Lease> all = new ArrayList<>(leases.all());
            for (Lease lease : all) {
                lease.revoking = false;
                lease.expiryMillis = base + lease.ttlSeconds * 1_000;
            }
            all.sort(Lease.BY_EXPIRY);
            LeaseSpread.apply(all);
            byExpiry.addAll(all);
        }
    }

    /** Lets a lease expire its TTL from now. */
    private void enqueue(Lease lease, long nowMillis) {
        lease.expiryMillis = nowMillis + lease.ttlSeconds * 1_000;
        lease.turn = ++turns;
        byExpiry.add(lease);
    }

    @Override
    public void leaderStopped() {
        List<Renewal> late = new ArrayList<>();
        synchronized (lock) {
            primary = false;
            byExpiry.clear();
            for (Lease lease : leases.all()) {
                lease.expiryMillis = Lease.FOREVER;
                lease.revoking = false;
                late.addAll(takeRenewals(lease));
            }
        }
        late.forEach(renewal -> renewal.callback().failed(new EtcdException(EtcdError.NOT_PRIMARY_LESSOR)));
    }

    /** Whether this member's clock decides over leases. */
    boolean isPrimary() {
        synchronized (lock) {
            return primary;
        }
    }

    /**
     * Gives a lease its full TTL anew. Answers 0 if there is none, and only after the revoke if it has expired.
     *
     * @param renewal answered at once, or when the lease is revoked
     */
    void renew(long leaseId, Renewal renewal) {
        long ttlSeconds = 0;
        EtcdError error = null;
        synchronized (lock) {
            Lease lease = leases.get(leaseId);
            if (!primary) {
                error = EtcdError.NOT_PRIMARY_LESSOR;
            } else if (lease != null) {
                long now = time.monotonicMillis();
                if (lease.revoking || lease.isExpired(now)) {
                    await(lease, renewal);
                    return;
                }
                byExpiry.remove(lease);
                enqueue(lease, now);
                metrics.renewed();
                ttlSeconds = lease.ttlSeconds;
            }
        }
        if (error == null) {
            renewal.callback().completed(ttlSeconds);
        } else {
            renewal.callback().failed(new EtcdException(error));
        }
    }

    Leases.@Nullable LeaseState state(long leaseId, boolean withKeys) throws EtcdException {
        synchronized (lock) {
            Lease lease = leases.get(leaseId);
            if (lease == null) {
                return null;
            }
            if (!primary) {
                throw new EtcdException(EtcdError.LEADER_CHANGED);
            }
            List<byte[]> keys = withKeys
                    ? lease.keys().stream().map(ByteString::toByteArray).toList()
                    : List.of();
            long remainingMillis = lease.expiryMillis - time.monotonicMillis();
            return new Leases.LeaseState(leaseId, lease.ttlSeconds, remainingMillis / 1_000, keys);
        }
    }

    /** All IDs; on a leader, those that expire first ahead. */
    List<Long> ids() {
        synchronized (lock) {
            List<Long> ids = new ArrayList<>(leases.all().size());
            if (primary) {
                for (Lease lease : leases.all()) {
                    if (lease.revoking) {
                        ids.add(lease.id);
                    }
                }
                byExpiry.forEach(lease -> ids.add(lease.id));
            } else {
                leases.all().forEach(lease -> ids.add(lease.id));
                ids.sort(null);
            }
            return ids;
        }
    }

    /** Takes leases that have expired, at most {@code max}, out of the queue; each is to be revoked or put back. */
    List<Long> takeExpired(int max) {
        synchronized (lock) {
            List<Long> expired = new ArrayList<>();
            long now = time.monotonicMillis();
            while (expired.size() < max
                    && !byExpiry.isEmpty()
                    && byExpiry.first().isExpired(now)) {
                Lease lease = byExpiry.first();
                byExpiry.remove(lease);
                lease.revoking = true;
                expired.add(lease.id);
            }
            return expired;
        }
    }

    /** Whether a lease was taken by {@link #takeExpired} and neither put back nor given a new life since. */
    boolean isRevoking(long leaseId) {
        synchronized (lock) {
            Lease lease = leases.get(leaseId);
            return lease != null && lease.revoking;
        }
    }

    /** The revoke of a lease from {@link #takeExpired} did not come about; it is due again at once. */
    void putBack(long leaseId) {
        synchronized (lock) {
            Lease lease = leases.get(leaseId);
            if (lease != null && lease.revoking) {
                lease.revoking = false;
                byExpiry.add(lease);
            }
        }
    }

    /** Ends renewals that have waited too long for a revoke. */
    void failLateRenewals() {
        List<Renewal> late = new ArrayList<>();
        synchronized (lock) {
            long now = time.monotonicMillis();
            for (Lease lease : List.copyOf(renewedTooLate)) {
                for (Renewal renewal : takeRenewals(lease)) {
                    if (now >= renewal.deadlineMillis()) {
                        late.add(renewal);
                    } else {
                        await(lease, renewal);
                    }
                }
            }
        }
        late.forEach(renewal -> renewal.callback().failed(new EtcdException(EtcdError.TIMEOUT)));
    }

    private void await(Lease lease, Renewal renewal) {
        lease.await(renewal);
        renewedTooLate.add(lease);
    }

    private List<Renewal> takeRenewals(Lease lease) {
        renewedTooLate.remove(lease);
        return lease.takeRenewals();
    }
}
