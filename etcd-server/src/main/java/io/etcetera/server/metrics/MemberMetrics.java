package io.etcetera.server.metrics;

import io.etcetera.server.EtcdVersion;
import io.etcetera.server.MonitoringConfig;
import io.etcetera.server.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All that one member counts and measures. Thread-safe. */
public final class MemberMetrics implements AutoCloseable {
    /** Of what {@link #scrape()} gives; the only format, whatever a client would accept, as in etcd. */
    public static final String CONTENT_TYPE = TextFormat.CONTENT_TYPE;

    private final HostMeters host;
    private final MetricRegistry registry;
    private final DiskMetrics disk;
    private final StoreMetrics store;
    private final RequestMetrics requests;
    private final RequestWatch requestWatch;
    private final LeaseMetrics leases;
    private final ClusterMetrics cluster;
    private final RpcMetrics rpc;
    private final PeerMetrics peers;
    private final HealthMetrics health;
    private final Gauge scrapesInFlight;
    private final Counter scrapes;

    // Guarded by this.
    private @Nullable JvmMeters jvm;
    private boolean closed;

    /** How much is measured. */
    public enum Detail {
        /** Numbers of calls. */
        BASIC,
        /** The time that each call takes, too. */
        EXTENSIVE
    }

    /**
     * Metrics of a member that is being started, with nothing in them yet.
     *
     * @param member its name
     */
    public MemberMetrics(String member, MonitoringConfig config, TimeSource time) {
        this.host = config.hostRegistry().meters(member);
        registry = new MetricRegistry(this.host);
        disk = new DiskMetrics(registry);
        store = new StoreMetrics(registry, time);
        requests = new RequestMetrics(registry);
        requestWatch = new RequestWatch(requests, config.slowApply(), time);
        leases = new LeaseMetrics(registry);
        cluster = new ClusterMetrics(registry);
        rpc = new RpcMetrics(registry, config.detail() == Detail.EXTENSIVE, time);
        peers = new PeerMetrics(registry, time);
        health = new HealthMetrics(registry);
        ProcessMetrics.register(registry);
        registry.info(
                "etcd_server_version",
                "Which version is running. 1 for 'server_version' label with current version.",
                "server_version",
                EtcdVersion.SERVER);
        scrapesInFlight =
                registry.gauge("promhttp_metric_handler_requests_in_flight", "Current number of scrapes being served.");
        Labelled<Counter> byCode = registry.counters(
                "promhttp_metric_handler_requests_total", "Total number of scrapes by HTTP status code.", "code");
        scrapes = byCode.with("200");
        byCode.with("500");
        byCode.with("503");
    }

    public DiskMetrics disk() {
        return disk;
    }

    public StoreMetrics store() {
        return store;
    }

    public RequestMetrics requests() {
        return requests;
    }

    public RequestWatch requestWatch() {
        return requestWatch;
    }

    public LeaseMetrics leases() {
        return leases;
    }

    public ClusterMetrics cluster() {
        return cluster;
    }

    public RpcMetrics rpc() {
        return rpc;
    }

    public PeerMetrics peers() {
        return peers;
    }

    public HealthMetrics health() {
        return health;
    }

    /** Shows the revision of users and roles from now on. Once. */
    public void watchAuth(LongSupplier revision) {
        registry.gauge("etcd_debugging_auth_revision", "The current revision of auth store.", revision::getAsLong);
    }

    /** Shows from now on how many bytes the store may have. Once. */
    public void watchQuota(LongSupplier bytes) {
        registry.gauge(
                "etcd_server_quota_backend_bytes", "Current backend storage quota size in bytes.", bytes::getAsLong);
    }

    /**
     * Everything as of now, of type {@link #CONTENT_TYPE}. Reads files and counts what is in use: some milliseconds, not
     * on an event loop.
     */
    public byte[] scrape() {
        scrapesInFlight.increment();
        try {
            return (registry.text() + jvmText()).getBytes(StandardCharsets.UTF_8);
        } finally {
            scrapes.increment();
            scrapesInFlight.decrement();
        }
    }

    private synchronized String jvmText() {
        if (closed) {
            return "";
        }
        JvmMeters made = jvm;
        if (made == null) {
            made = new JvmMeters();
            jvm = made;
        }
        return made.text();
    }

    /** Takes everything back from the host's registry. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        if (jvm != null) {
            jvm.close();
            jvm = null;
        }
        host.close();
    }
}
