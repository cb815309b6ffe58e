package io.etcetera.server.metrics;

/** Leases. */
public final class LeaseMetrics {
    private final Counter granted;
    private final Counter revoked;
    private final Counter renewed;
    private final Counter expired;
    private final Histogram ttls;

    LeaseMetrics(MetricRegistry registry) {
        granted = registry.counter("etcd_debugging_lease_granted_total", "The total number of granted leases.");
        revoked = registry.counter("etcd_debugging_lease_revoked_total", "The total number of revoked leases.");
        renewed = registry.counter(
                "etcd_debugging_lease_renewed_total", "The number of renewed leases seen by the leader.");
        expired = registry.counter("etcd_debugging_server_lease_expired_total", "The total number of expired leases.");
        ttls = registry.histogram(
                "etcd_debugging_lease_ttl_total", "Bucketed histogram of lease TTLs.", Buckets.doubling(1, 24, 1));
    }

    public void granted(long ttlSeconds) {
        granted.increment();
        ttls.observe(ttlSeconds);
    }

    public void revoked() {
        revoked.increment();
    }

    public void renewed() {
        renewed.increment();
    }

    /** A lease that had run out has been revoked by this member. */
    public void expired() {
        expired.increment();
    }
}
