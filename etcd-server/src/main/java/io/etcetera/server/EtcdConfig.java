package io.etcetera.server;

import io.etcetera.server.auth.AuthConfig;
import io.etcetera.server.cluster.boot.InitialCluster;
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
 * @param initialCluster members of a new cluster, as name=url,...; this one alone unless told otherwise
 * @param initialClusterToken mixed into the IDs of members and cluster
 * @param initialClusterExisting join a cluster that exists already, instead of making one
 * @param initialElectionTickAdvance call the first election once a quorum is connected, before the election timeout
 * @param strictReconfigCheck refuse changes of members that could cost the cluster its quorum
 * @param maxLearners how many learners the cluster may have when one is added here
 * @param discoverySrv domain whose SRV records list the members, in place of initialCluster; empty for none
 * @param discoverySrvName suffix of the services' names there; empty for none
 * @param discovery another cluster in which the members find each other, in place of initialCluster
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
 * @param network options of sockets, and timeouts between members
 * @param bootstrapDefragThresholdMegabytes defragment the store at the start if that frees as many MiB; 0 is never
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
        DiscoveryConfig discovery,
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
        NetworkConfig network,
        long bootstrapDefragThresholdMegabytes,
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
    public static final class Builder extends EtcdConfigOptions {
        private Builder() {}

        @Override
        Builder self() {
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
                    initialCluster.orElseGet(() -> InitialCluster.ofOne(name, initialAdvertisePeerUrls)),
                    initialClusterToken,
                    initialClusterExisting,
                    initialElectionTickAdvance,
                    strictReconfigCheck,
                    maxLearners,
                    discoverySrv,
                    discoverySrvName,
                    discovery,
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
                    network,
                    bootstrapDefragThresholdMegabytes,
                    unsafeNoFsync);
        }
    }
}
