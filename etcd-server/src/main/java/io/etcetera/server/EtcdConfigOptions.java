package io.etcetera.server;

import io.etcetera.server.auth.AuthConfig;
import io.etcetera.server.tls.TlsConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of an {@link EtcdConfig} while they are collected, with etcd's defaults. Not thread-safe. */
abstract sealed class EtcdConfigOptions permits EtcdConfig.Builder {
    String name = "default";
    Path dataDir = Path.of("default.etcd");

    @Nullable
    Path walDir = null;

    List<URI> listenClientUrls = List.of(URI.create("http://localhost:2379"));
    List<URI> advertiseClientUrls = List.of(URI.create("http://localhost:2379"));
    List<URI> listenPeerUrls = List.of(URI.create("http://localhost:2380"));
    List<URI> initialAdvertisePeerUrls = List.of(URI.create("http://localhost:2380"));
    Optional<String> initialCluster = Optional.empty();
    String initialClusterToken = "etcd-cluster";
    boolean initialClusterExisting = false;
    boolean initialElectionTickAdvance = true;
    boolean strictReconfigCheck = true;
    int maxLearners = 1;
    String discoverySrv = "";
    String discoverySrvName = "";
    DiscoveryConfig discovery = DiscoveryConfig.NONE;
    boolean forceNewCluster = false;
    long snapshotCount = 10_000;
    long snapshotCatchUpEntries = 5_000;
    Duration heartbeatInterval = Duration.ofMillis(100);
    Duration electionTimeout = Duration.ofSeconds(1);
    long quotaBackendBytes = 0;
    int maxTxnOps = 128;
    int maxRequestBytes = 1_572_864;
    long maxConcurrentStreams = 0xFFFF_FFFFL;
    EtcdConfig.CompactionMode autoCompactionMode = EtcdConfig.CompactionMode.PERIODIC;
    String autoCompactionRetention = "0";
    Duration backendBatchInterval = Duration.ofMillis(100);
    int backendBatchLimit = 10_000;
    int compactionBatchLimit = 1_000;
    Duration compactionSleepInterval = Duration.ofMillis(10);
    Duration watchProgressNotifyInterval = Duration.ofMinutes(10);
    Duration grpcKeepAliveMinTime = Duration.ofSeconds(5);
    Duration grpcKeepAliveInterval = Duration.ofHours(2);
    Duration grpcKeepAliveTimeout = Duration.ofSeconds(20);
    TlsConfig clientTls = TlsConfig.NONE;
    TlsConfig peerTls = TlsConfig.NONE;
    ConsistencyChecks consistencyChecks = ConsistencyChecks.NONE;
    HttpConfig http = HttpConfig.DEFAULT;
    AuthConfig auth = AuthConfig.DEFAULT;
    MonitoringConfig monitoring = MonitoringConfig.DEFAULT;
    NetworkConfig network = NetworkConfig.DEFAULT;
    long bootstrapDefragThresholdMegabytes = 0;
    boolean unsafeNoFsync = false;

    abstract EtcdConfig.Builder self();

    /** See {@link EtcdConfig#name()}. */
    public EtcdConfig.Builder name(String value) {
        this.name = value;
        return self();
    }

    /** See {@link EtcdConfig#dataDir()}. */
    public EtcdConfig.Builder dataDir(Path value) {
        this.dataDir = value;
        return self();
    }

    /** See {@link EtcdConfig#walDir()}. */
    public EtcdConfig.Builder walDir(@Nullable Path value) {
        this.walDir = value;
        return self();
    }

    /** See {@link EtcdConfig#listenClientUrls()}. */
    public EtcdConfig.Builder listenClientUrls(List<URI> value) {
        this.listenClientUrls = value;
        return self();
    }

    /** See {@link EtcdConfig#advertiseClientUrls()}. */
    public EtcdConfig.Builder advertiseClientUrls(List<URI> value) {
        this.advertiseClientUrls = value;
        return self();
    }

    /** See {@link EtcdConfig#listenPeerUrls()}. */
    public EtcdConfig.Builder listenPeerUrls(List<URI> value) {
        this.listenPeerUrls = value;
        return self();
    }

    /** See {@link EtcdConfig#initialAdvertisePeerUrls()}. */
    public EtcdConfig.Builder initialAdvertisePeerUrls(List<URI> value) {
        this.initialAdvertisePeerUrls = value;
        return self();
    }

    /** See {@link EtcdConfig#initialCluster()}. */
    public EtcdConfig.Builder initialCluster(String value) {
        this.initialCluster = Optional.of(value);
        return self();
    }

    /** See {@link EtcdConfig#initialClusterToken()}. */
    public EtcdConfig.Builder initialClusterToken(String value) {
        this.initialClusterToken = value;
        return self();
    }

    /** See {@link EtcdConfig#initialClusterExisting()}. */
    public EtcdConfig.Builder initialClusterExisting(boolean value) {
        this.initialClusterExisting = value;
        return self();
    }

    /** See {@link EtcdConfig#initialElectionTickAdvance()}. */
    public EtcdConfig.Builder initialElectionTickAdvance(boolean value) {
        this.initialElectionTickAdvance = value;
        return self();
    }

    /** See {@link EtcdConfig#strictReconfigCheck()}. */
    public EtcdConfig.Builder strictReconfigCheck(boolean value) {
        this.strictReconfigCheck = value;
        return self();
    }

    /** See {@link EtcdConfig#maxLearners()}. */
    public EtcdConfig.Builder maxLearners(int value) {
        this.maxLearners = value;
        return self();
    }

    /** See {@link EtcdConfig#discoverySrv()}. */
    public EtcdConfig.Builder discoverySrv(String value) {
        this.discoverySrv = value;
        return self();
    }

    /** See {@link EtcdConfig#discoverySrvName()}. */
    public EtcdConfig.Builder discoverySrvName(String value) {
        this.discoverySrvName = value;
        return self();
    }

    /** See {@link EtcdConfig#discovery()}. */
    public EtcdConfig.Builder discovery(DiscoveryConfig value) {
        this.discovery = value;
        return self();
    }

    /** See {@link EtcdConfig#forceNewCluster()}. */
    public EtcdConfig.Builder forceNewCluster(boolean value) {
        this.forceNewCluster = value;
        return self();
    }

    /** See {@link EtcdConfig#snapshotCount()}. */
    public EtcdConfig.Builder snapshotCount(long value) {
        this.snapshotCount = value;
        return self();
    }

    /** See {@link EtcdConfig#snapshotCatchUpEntries()}. */
    public EtcdConfig.Builder snapshotCatchUpEntries(long value) {
        this.snapshotCatchUpEntries = value;
        return self();
    }

    /** See {@link EtcdConfig#heartbeatInterval()}. */
    public EtcdConfig.Builder heartbeatInterval(Duration value) {
        this.heartbeatInterval = value;
        return self();
    }

    /** See {@link EtcdConfig#electionTimeout()}. */
    public EtcdConfig.Builder electionTimeout(Duration value) {
        this.electionTimeout = value;
        return self();
    }

    /** See {@link EtcdConfig#quotaBackendBytes()}. */
    public EtcdConfig.Builder quotaBackendBytes(long value) {
        this.quotaBackendBytes = value;
        return self();
    }

    /** See {@link EtcdConfig#maxTxnOps()}. */
    public EtcdConfig.Builder maxTxnOps(int value) {
        this.maxTxnOps = value;
        return self();
    }

    /** See {@link EtcdConfig#maxRequestBytes()}. */
    public EtcdConfig.Builder maxRequestBytes(int value) {
        this.maxRequestBytes = value;
        return self();
    }

    /** See {@link EtcdConfig#maxConcurrentStreams()}. */
    public EtcdConfig.Builder maxConcurrentStreams(long value) {
        this.maxConcurrentStreams = value;
        return self();
    }

    /** See {@link EtcdConfig#autoCompactionMode()}. */
    public EtcdConfig.Builder autoCompactionMode(EtcdConfig.CompactionMode value) {
        this.autoCompactionMode = value;
        return self();
    }

    /** See {@link EtcdConfig#autoCompactionRetention()}. */
    public EtcdConfig.Builder autoCompactionRetention(String value) {
        this.autoCompactionRetention = value;
        return self();
    }

    /** See {@link EtcdConfig#backendBatchInterval()}. */
    public EtcdConfig.Builder backendBatchInterval(Duration value) {
        this.backendBatchInterval = value;
        return self();
    }

    /** See {@link EtcdConfig#backendBatchLimit()}. */
    public EtcdConfig.Builder backendBatchLimit(int value) {
        this.backendBatchLimit = value;
        return self();
    }

    /** See {@link EtcdConfig#compactionBatchLimit()}. */
    public EtcdConfig.Builder compactionBatchLimit(int value) {
        this.compactionBatchLimit = value;
        return self();
    }

    /** See {@link EtcdConfig#compactionSleepInterval()}. */
    public EtcdConfig.Builder compactionSleepInterval(Duration value) {
        this.compactionSleepInterval = value;
        return self();
    }

    /** See {@link EtcdConfig#watchProgressNotifyInterval()}. */
    public EtcdConfig.Builder watchProgressNotifyInterval(Duration value) {
        this.watchProgressNotifyInterval = value;
        return self();
    }

    /** See {@link EtcdConfig#grpcKeepAliveMinTime()}. */
    public EtcdConfig.Builder grpcKeepAliveMinTime(Duration value) {
        this.grpcKeepAliveMinTime = value;
        return self();
    }

    /** See {@link EtcdConfig#grpcKeepAliveInterval()}. */
    public EtcdConfig.Builder grpcKeepAliveInterval(Duration value) {
        this.grpcKeepAliveInterval = value;
        return self();
    }

    /** See {@link EtcdConfig#grpcKeepAliveTimeout()}. */
    public EtcdConfig.Builder grpcKeepAliveTimeout(Duration value) {
        this.grpcKeepAliveTimeout = value;
        return self();
    }

    /** See {@link EtcdConfig#clientTls()}. */
    public EtcdConfig.Builder clientTls(TlsConfig value) {
        this.clientTls = value;
        return self();
    }

    /** See {@link EtcdConfig#peerTls()}. */
    public EtcdConfig.Builder peerTls(TlsConfig value) {
        this.peerTls = value;
        return self();
    }

    /** See {@link EtcdConfig#consistencyChecks()}. */
    public EtcdConfig.Builder consistencyChecks(ConsistencyChecks value) {
        this.consistencyChecks = value;
        return self();
    }

    /** See {@link EtcdConfig#http()}. */
    public EtcdConfig.Builder http(HttpConfig value) {
        this.http = value;
        return self();
    }

    /** See {@link EtcdConfig#auth()}. */
    public EtcdConfig.Builder auth(AuthConfig value) {
        this.auth = value;
        return self();
    }

    /** See {@link EtcdConfig#monitoring()}. */
    public EtcdConfig.Builder monitoring(MonitoringConfig value) {
        this.monitoring = value;
        return self();
    }

    /** See {@link EtcdConfig#network()}. */
    public EtcdConfig.Builder network(NetworkConfig value) {
        this.network = value;
        return self();
    }

    /** See {@link EtcdConfig#bootstrapDefragThresholdMegabytes()}. */
    public EtcdConfig.Builder bootstrapDefragThresholdMegabytes(long value) {
        this.bootstrapDefragThresholdMegabytes = value;
        return self();
    }

    /** See {@link EtcdConfig#unsafeNoFsync()}. */
    public EtcdConfig.Builder unsafeNoFsync(boolean value) {
        this.unsafeNoFsync = value;
        return self();
    }
}
