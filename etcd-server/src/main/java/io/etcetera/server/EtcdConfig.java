package io.etcetera.server;

import io.etcetera.server.auth.AuthConfig;
import io.etcetera.server.tls.TlsConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a member is to run. Immutable; made by {@link #builder()}, whose defaults are those of etcd.
 *
 * @param name this member's name
 * @param dataDir where everything is kept
 * @param walDir where the log is kept; null means inside the data directory
 * @param listenClientUrls where clients are served; port 0 picks a free one
 * @param advertiseClientUrls client URLs told to the cluster
 * @param listenPeerUrls where peers are served
 * @param initialAdvertisePeerUrls this member's peer URLs
 * @param initialCluster members of a new cluster, as name=url,...
 * @param initialClusterToken mixed into the IDs of members and cluster
 * @param initialClusterExisting join a cluster that exists already, instead of making one
 * @param initialElectionTickAdvance call the first election once a quorum is connected, before the election timeout
 * @param strictReconfigCheck refuse changes of members that could cost the cluster its quorum
 * @param maxLearners how many learners the cluster may have when one is added here
 * @param discoverySrv domain whose SRV records list the members, in place of initialCluster; empty for none
 * @param discoverySrvName suffix of the services' names there; empty for none
 * @param forceNewCluster go on as the only member, with the data that there is: the others are gone for good
 * @param snapshotCount entries applied between two cuts of the log
 * @param snapshotCatchUpEntries entries kept behind a cut for slow followers
 * @param heartbeatInterval how often a leader shows itself
 * @param electionTimeout how long a follower waits for a leader
 * @param quotaBackendBytes limit of the store; 0 means 2 GiB, negative none
 * @param maxTxnOps operations in one branch of a transaction
 * @param maxRequestBytes size of a proposal; a gRPC message may have 512 KiB more
 * @param maxConcurrentStreams HTTP/2 streams of one connection
 * @param autoCompactionMode what the retention counts
 * @param autoCompactionRetention hours or a Go duration if periodic, revisions otherwise; 0 is off
 * @param backendBatchInterval longest delay before writes to the store are durable there
 * @param backendBatchLimit writes after which they are made durable earlier
 * @param compactionBatchLimit revisions dropped in one step of a compaction
 * @param compactionSleepInterval pause between such steps
 * @param watchProgressNotifyInterval how often an idle watch that asks for it is told the revision
 * @param grpcKeepAliveMinTime shortest interval between pings of a client
 * @param grpcKeepAliveInterval how often an idle connection is pinged
 * @param grpcKeepAliveTimeout how long an answer to that is waited for
 * @param clientTls TLS of the https URLs among those for clients
 * @param peerTls TLS of the https URLs among those for peers, and of connections to peers
 * @param consistencyChecks how members compare what they hold
 * @param http what is served over HTTP
 * @param auth how callers prove who they are
 * @param monitoring metrics and warnings
 * @param unsafeNoFsync skip fsync: loses acknowledged writes on a crash of the machine
 */
public record EtcdConfig(
        String name,
        Path dataDir,
        @Nullable Path walDir,
        List<URI> listenClientUrls,
        List<URI> advertiseClientUrls,
        List<URI> listenPeerUrls,
        List<URI> initialAdvertisePeerUrls,
        String initialCluster,
        String initialClusterToken,
        boolean initialClusterExisting,
        boolean initialElectionTickAdvance,
        boolean strictReconfigCheck,
        int maxLearners,
        String discoverySrv,
        String discoverySrvName,
        boolean forceNewCluster,
        long snapshotCount,
        long snapshotCatchUpEntries,
        Duration heartbeatInterval,
        Duration electionTimeout,
        long quotaBackendBytes,
        int maxTxnOps,
        int maxRequestBytes,
        long maxConcurrentStreams,
        CompactionMode autoCompactionMode,
        String autoCompactionRetention,
        Duration backendBatchInterval,
        int backendBatchLimit,
        int compactionBatchLimit,
        Duration compactionSleepInterval,
        Duration watchProgressNotifyInterval,
        Duration grpcKeepAliveMinTime,
        Duration grpcKeepAliveInterval,
        Duration grpcKeepAliveTimeout,
        TlsConfig clientTls,
        TlsConfig peerTls,
        ConsistencyChecks consistencyChecks,
        HttpConfig http,
        AuthConfig auth,
        MonitoringConfig monitoring,
        boolean unsafeNoFsync) {

    /** What the retention of automatic compaction counts. */
    public enum CompactionMode {
        /** Time. */
        PERIODIC,
        /** Revisions. */
        REVISION
    }

    public EtcdConfig {
        listenClientUrls = List.copyOf(listenClientUrls);
        advertiseClientUrls = List.copyOf(advertiseClientUrls);
        listenPeerUrls = List.copyOf(listenPeerUrls);
        initialAdvertisePeerUrls = List.copyOf(initialAdvertisePeerUrls);
    }

    /** A builder with etcd's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Directory of the log. */
    public Path walDirectory() {
        return walDir != null ? walDir : memberDirectory().resolve("wal");
    }

    /** Directory of everything that belongs to this member. */
    public Path memberDirectory() {
        return dataDir.resolve("member");
    }

    /** Time after which a request that waits for the log or a leader is given up: 5 s and two election timeouts. */
    public Duration requestTimeout() {
        return Duration.ofSeconds(5).plus(electionTimeout.multipliedBy(2));
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private String name = "default";
        private Path dataDir = Path.of("default.etcd");
        private @Nullable Path walDir = null;
        private List<URI> listenClientUrls = List.of(URI.create("http://localhost:2379"));
        private List<URI> advertiseClientUrls = List.of(URI.create("http://localhost:2379"));
        private List<URI> listenPeerUrls = List.of(URI.create("http://localhost:2380"));
        private List<URI> initialAdvertisePeerUrls = List.of(URI.create("http://localhost:2380"));
        private String initialCluster = "default=http://localhost:2380";
        private String initialClusterToken = "etcd-cluster";
        private boolean initialClusterExisting = false;
        private boolean initialElectionTickAdvance = true;
        private boolean strictReconfigCheck = true;
        private int maxLearners = 1;
        private String discoverySrv = "";
        private String discoverySrvName = "";
        private boolean forceNewCluster = false;
        private long snapshotCount = 10_000;
        private long snapshotCatchUpEntries = 5_000;
        private Duration heartbeatInterval = Duration.ofMillis(100);
        private Duration electionTimeout = Duration.ofSeconds(1);
        private long quotaBackendBytes = 0;
        private int maxTxnOps = 128;
        private int maxRequestBytes = 1_572_864;
        private long maxConcurrentStreams = 0xFFFF_FFFFL;
        private CompactionMode autoCompactionMode = CompactionMode.PERIODIC;
        private String autoCompactionRetention = "0";
        private Duration backendBatchInterval = Duration.ofMillis(100);
        private int backendBatchLimit = 10_000;
        private int compactionBatchLimit = 1_000;
        private Duration compactionSleepInterval = Duration.ofMillis(10);
        private Duration watchProgressNotifyInterval = Duration.ofMinutes(10);
        private Duration grpcKeepAliveMinTime = Duration.ofSeconds(5);
        private Duration grpcKeepAliveInterval = Duration.ofHours(2);
        private Duration grpcKeepAliveTimeout = Duration.ofSeconds(20);
        private TlsConfig clientTls = TlsConfig.NONE;
        private TlsConfig peerTls = TlsConfig.NONE;
        private ConsistencyChecks consistencyChecks = ConsistencyChecks.NONE;
        private HttpConfig http = HttpConfig.DEFAULT;
        private AuthConfig auth = AuthConfig.DEFAULT;
        private MonitoringConfig monitoring = MonitoringConfig.DEFAULT;
        private boolean unsafeNoFsync = false;

        private Builder() {}

        /** See {@link EtcdConfig#name()}. */
        public Builder name(String value) {
            this.name = value;
            return this;
        }

        /** See {@link EtcdConfig#dataDir()}. */
        public Builder dataDir(Path value) {
            this.dataDir = value;
            return this;
        }

        /** See {@link EtcdConfig#walDir()}. */
        public Builder walDir(@Nullable Path value) {
            this.walDir = value;
            return this;
        }

        /** See {@link EtcdConfig#listenClientUrls()}. */
        public Builder listenClientUrls(List<URI> value) {
            this.listenClientUrls = value;
            return this;
        }

        /** See {@link EtcdConfig#advertiseClientUrls()}. */
        public Builder advertiseClientUrls(List<URI> value) {
            this.advertiseClientUrls = value;
            return this;
        }

        /** See {@link EtcdConfig#listenPeerUrls()}. */
        public Builder listenPeerUrls(List<URI> value) {
            this.listenPeerUrls = value;
            return this;
        }

        /** See {@link EtcdConfig#initialAdvertisePeerUrls()}. */
        public Builder initialAdvertisePeerUrls(List<URI> value) {
            this.initialAdvertisePeerUrls = value;
            return this;
        }

        /** See {@link EtcdConfig#initialCluster()}. */
        public Builder initialCluster(String value) {
            this.initialCluster = value;
            return this;
        }

        /** See {@link EtcdConfig#initialClusterToken()}. */
        public Builder initialClusterToken(String value) {
            this.initialClusterToken = value;
            return this;
        }

        /** See {@link EtcdConfig#initialClusterExisting()}. */
        public Builder initialClusterExisting(boolean value) {
            this.initialClusterExisting = value;
            return this;
        }

        /** See {@link EtcdConfig#initialElectionTickAdvance()}. */
        public Builder initialElectionTickAdvance(boolean value) {
            this.initialElectionTickAdvance = value;
            return this;
        }

        /** See {@link EtcdConfig#strictReconfigCheck()}. */
        public Builder strictReconfigCheck(boolean value) {
            this.strictReconfigCheck = value;
            return this;
        }

        /** See {@link EtcdConfig#maxLearners()}. */
        public Builder maxLearners(int value) {
            this.maxLearners = value;
            return this;
        }

        /** See {@link EtcdConfig#discoverySrv()}. */
        public Builder discoverySrv(String value) {
            this.discoverySrv = value;
            return this;
        }

        /** See {@link EtcdConfig#discoverySrvName()}. */
        public Builder discoverySrvName(String value) {
            this.discoverySrvName = value;
            return this;
        }

        /** See {@link EtcdConfig#forceNewCluster()}. */
        public Builder forceNewCluster(boolean value) {
            this.forceNewCluster = value;
            return this;
        }

        /** See {@link EtcdConfig#snapshotCount()}. */
        public Builder snapshotCount(long value) {
            this.snapshotCount = value;
            return this;
        }

        /** See {@link EtcdConfig#snapshotCatchUpEntries()}. */
        public Builder snapshotCatchUpEntries(long value) {
            this.snapshotCatchUpEntries = value;
            return this;
        }

        /** See {@link EtcdConfig#heartbeatInterval()}. */
        public Builder heartbeatInterval(Duration value) {
            this.heartbeatInterval = value;
            return this;
        }

        /** See {@link EtcdConfig#electionTimeout()}. */
        public Builder electionTimeout(Duration value) {
            this.electionTimeout = value;
            return this;
        }

        /** See {@link EtcdConfig#quotaBackendBytes()}. */
        public Builder quotaBackendBytes(long value) {
            this.quotaBackendBytes = value;
            return this;
        }

        /** See {@link EtcdConfig#maxTxnOps()}. */
        public Builder maxTxnOps(int value) {
            this.maxTxnOps = value;
            return this;
        }

        /** See {@link EtcdConfig#maxRequestBytes()}. */
        public Builder maxRequestBytes(int value) {
            this.maxRequestBytes = value;
            return this;
        }

        /** See {@link EtcdConfig#maxConcurrentStreams()}. */
        public Builder maxConcurrentStreams(long value) {
            this.maxConcurrentStreams = value;
            return this;
        }

        /** See {@link EtcdConfig#autoCompactionMode()}. */
        public Builder autoCompactionMode(CompactionMode value) {
            this.autoCompactionMode = value;
            return this;
        }

        /** See {@link EtcdConfig#autoCompactionRetention()}. */
        public Builder autoCompactionRetention(String value) {
            this.autoCompactionRetention = value;
            return this;
        }

        /** See {@link EtcdConfig#backendBatchInterval()}. */
        public Builder backendBatchInterval(Duration value) {
            this.backendBatchInterval = value;
            return this;
        }

        /** See {@link EtcdConfig#backendBatchLimit()}. */
        public Builder backendBatchLimit(int value) {
            this.backendBatchLimit = value;
            return this;
        }

        /** See {@link EtcdConfig#compactionBatchLimit()}. */
        public Builder compactionBatchLimit(int value) {
            this.compactionBatchLimit = value;
            return this;
        }

        /** See {@link EtcdConfig#compactionSleepInterval()}. */
        public Builder compactionSleepInterval(Duration value) {
            this.compactionSleepInterval = value;
            return this;
        }

        /** See {@link EtcdConfig#watchProgressNotifyInterval()}. */
        public Builder watchProgressNotifyInterval(Duration value) {
            this.watchProgressNotifyInterval = value;
            return this;
        }

        /** See {@link EtcdConfig#grpcKeepAliveMinTime()}. */
        public Builder grpcKeepAliveMinTime(Duration value) {
            this.grpcKeepAliveMinTime = value;
            return this;
        }

        /** See {@link EtcdConfig#grpcKeepAliveInterval()}. */
        public Builder grpcKeepAliveInterval(Duration value) {
            this.grpcKeepAliveInterval = value;
            return this;
        }

        /** See {@link EtcdConfig#grpcKeepAliveTimeout()}. */
        public Builder grpcKeepAliveTimeout(Duration value) {
            this.grpcKeepAliveTimeout = value;
            return this;
        }

        /** See {@link EtcdConfig#clientTls()}. */
        public Builder clientTls(TlsConfig value) {
            this.clientTls = value;
            return this;
        }

        /** See {@link EtcdConfig#peerTls()}. */
        public Builder peerTls(TlsConfig value) {
            this.peerTls = value;
            return this;
        }

        /** See {@link EtcdConfig#consistencyChecks()}. */
        public Builder consistencyChecks(ConsistencyChecks value) {
            this.consistencyChecks = value;
            return this;
        }

        /** See {@link EtcdConfig#http()}. */
        public Builder http(HttpConfig value) {
            this.http = value;
            return this;
        }

        /** See {@link EtcdConfig#auth()}. */
        public Builder auth(AuthConfig value) {
            this.auth = value;
            return this;
        }

        /** See {@link EtcdConfig#monitoring()}. */
        public Builder monitoring(MonitoringConfig value) {
            this.monitoring = value;
            return this;
        }

        /** See {@link EtcdConfig#unsafeNoFsync()}. */
        public Builder unsafeNoFsync(boolean value) {
            this.unsafeNoFsync = value;
            return this;
        }

        public EtcdConfig build() {
            return new EtcdConfig(
                    name,
                    dataDir,
                    walDir,
                    listenClientUrls,
                    advertiseClientUrls,
                    listenPeerUrls,
                    initialAdvertisePeerUrls,
                    initialCluster,
                    initialClusterToken,
                    initialClusterExisting,
                    initialElectionTickAdvance,
                    strictReconfigCheck,
                    maxLearners,
                    discoverySrv,
                    discoverySrvName,
                    forceNewCluster,
                    snapshotCount,
                    snapshotCatchUpEntries,
                    heartbeatInterval,
                    electionTimeout,
                    quotaBackendBytes,
                    maxTxnOps,
                    maxRequestBytes,
                    maxConcurrentStreams,
                    autoCompactionMode,
                    autoCompactionRetention,
                    backendBatchInterval,
                    backendBatchLimit,
                    compactionBatchLimit,
                    compactionSleepInterval,
                    watchProgressNotifyInterval,
                    grpcKeepAliveMinTime,
                    grpcKeepAliveInterval,
                    grpcKeepAliveTimeout,
                    clientTls,
                    peerTls,
                    consistencyChecks,
                    http,
                    auth,
                    monitoring,
                    unsafeNoFsync);
        }
    }
}
