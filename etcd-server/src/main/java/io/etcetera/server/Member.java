package io.etcetera.server;

import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.revision.ReplaceableStore;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftNode;
import io.etcetera.server.apply.ApplyParts;
import io.etcetera.server.apply.MemberStateMachine;
import io.etcetera.server.apply.StateFetcher;
import io.etcetera.server.apply.StateInstallation;
import io.etcetera.server.auth.AuthCommands;
import io.etcetera.server.auth.AuthStore;
import io.etcetera.server.auth.Authenticator;
import io.etcetera.server.auth.Permissions;
import io.etcetera.server.auth.RootProposer;
import io.etcetera.server.auth.Tokens;
import io.etcetera.server.cluster.ClusterConfigException;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.Connections;
import io.etcetera.server.cluster.Departures;
import io.etcetera.server.cluster.Downgrades;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.cluster.QuorumConnections;
import io.etcetera.server.cluster.SelfPublisher;
import io.etcetera.server.cluster.boot.Bootstrapper;
import io.etcetera.server.cluster.boot.DataDirectory;
import io.etcetera.server.cluster.change.Reconciler;
import io.etcetera.server.cluster.change.Reconfiguration;
import io.etcetera.server.cluster.change.ReconfigurationParts;
import io.etcetera.server.cluster.change.SelfRemoval;
import io.etcetera.server.cluster.leader.ClusterVersionMonitor;
import io.etcetera.server.cluster.leader.FirstElection;
import io.etcetera.server.cluster.leader.Founder;
import io.etcetera.server.cluster.leader.LeadershipTransfer;
import io.etcetera.server.cluster.leader.SoleMember;
import io.etcetera.server.consistency.CheckParts;
import io.etcetera.server.consistency.ConsistencyMonitor;
import io.etcetera.server.consistency.InconsistentException;
import io.etcetera.server.consistency.InitialCheck;
import io.etcetera.server.consistency.OwnHashes;
import io.etcetera.server.consistency.PeerHashes;
import io.etcetera.server.lease.LeaseExpirer;
import io.etcetera.server.lease.LeaseService;
import io.etcetera.server.lease.Lessor;
import io.etcetera.server.lease.LessorOptions;
import io.etcetera.server.lease.PrimaryLeases;
import io.etcetera.server.maintenance.AlarmStore;
import io.etcetera.server.maintenance.AutoCompactor;
import io.etcetera.server.maintenance.BackendQuota;
import io.etcetera.server.maintenance.CompactionRetention;
import io.etcetera.server.maintenance.StartDefragmentation;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.migrate.Takeover;
import io.etcetera.server.propose.ForwardedEntries;
import io.etcetera.server.propose.LogProposer;
import io.etcetera.server.propose.ProposerOptions;
import io.etcetera.server.read.AppliedIndex;
import io.etcetera.server.read.RaftReadBarrier;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.tls.MemberTls;
import io.etcetera.server.transport.MembershipDirectory;
import io.etcetera.server.transport.PeerDirectory;
import io.etcetera.server.transport.PeerHandlers;
import io.etcetera.server.transport.Wire;
import io.etcetera.server.transport.copy.StateCopies;
import io.etcetera.server.transport.discovery.DiscoveryClient;
import io.etcetera.server.transport.http.PeerEndpointParts;
import io.etcetera.server.transport.http.PeerEndpoints;
import io.etcetera.server.transport.http.PeerHashClient;
import io.etcetera.server.transport.http.PeerHttpClient;
import io.etcetera.server.transport.peer.PeerNetwork;
import io.etcetera.server.transport.peer.RemotePeers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of one member, put together from the disk upwards: directory, store, state, log, timer, RPC. Each part is
 * closed before those it was made from.
 */
final class Member implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Member.class);
    private static final Duration REQUEST_SWEEP = Duration.ofMillis(100);
    /** Others take over in tens of milliseconds; when they do not, there is little to gain by waiting. */
    private static final Duration HANDOVER_LIMIT = Duration.ofMillis(800);

    private static final Duration ELECTION_CHECK = Duration.ofMillis(50);
    private static final Duration LEASE_RETRY = Duration.ofMillis(50);
    private static final Duration LEASE_SWEEP = Duration.ofMillis(500);
    private static final Duration VERSION_CHECK = Duration.ofSeconds(4);
    private static final Duration COPY_SWEEP = Duration.ofSeconds(10);

    private final EtcdConfig config;
    private final TimeSource time;
    private final CloseStack open;
    private final MemberFailure failure;
    private final OwnerNews news;

    private final MemberMetrics metrics;
    private final Identity identity;
    private final boolean forcedAlone;
    private final ReplaceableBackend backend;
    private final ClusterStore cluster;
    private final Lessor lessor;
    private final AlarmStore alarms;
    private final KvStore store;
    private final StateCopies copies;

    private final AppliedIndex applied;
    private final LogProposer proposer;
    private final RaftReadBarrier reads;
    private final LeaseService leases;
    private final BackendQuota quota;
    private final AutoCompactor compactor;
    private final Tokens tokens;
    private final AuthStore auth;
    private final Authenticator authenticator;
    private final LeadershipTransfer transfer;
    private final Founder founder;
    private final SoleMember soleMember;
    private final ConsistencyMonitor consistency;
    private final ClusterVersionMonitor versionMonitor;
    private final RaftNode raft;
    private final Reconfiguration reconfiguration;
    private final Reconciler reconciler;
    private final SelfRemoval selfRemoval;
    private final ClientPorts clients;
    private final CompletionStage<Void> ready;

    /**
     * Opens everything. If it throws, {@code open} holds what has to be closed.
     *
     * @throws IllegalArgumentException if an option cannot be read; the message is etcd's
     */
    Member(EtcdConfig config, TimeSource time, Wire wire, MemberFailure failure, OwnerNews news, CloseStack open)
            throws IOException, ClusterConfigException, InconsistentException, RaftException, InterruptedException {
        this.config = config;
        this.time = time;
        this.failure = failure;
        this.news = news;
        this.open = open;
        CompactionRetention retention =
                CompactionRetention.parse(config.autoCompactionMode(), config.autoCompactionRetention());
        metrics = open.add(new MemberMetrics(config.name(), config.monitoring(), time));
        MemberTls tls = open.add(MemberTls.open(config, time));

        PeerNetwork network = open.add(PeerNetwork.bind(config, wire, tls, time, metrics.peers()));
        PeerHttpClient http = network.httpClient();
        Bootstrapper bootstrapper = new Bootstrapper(config, http, DiscoveryClient.connector(time));
        Takeover.run(config, time);
        DataDirectory directory = open.add(DataDirectory.open(config, bootstrapper));
        identity = directory.identity();
        forcedAlone = config.forceNewCluster() && directory.hadLog();
        backend = open.add(openBackend(directory.storeFile()));
        StartDefragmentation.runIfWorthwhile(backend, config.bootstrapDefragThresholdMegabytes());
        cluster = new ClusterStore(identity, backend);
        cluster.bootstrap(config, bootstrapper);
        LessorOptions leaseOptions = LessorOptions.of(config);
        lessor = new Lessor(backend, leaseOptions, time, metrics.leases());
        alarms = new AlarmStore(backend, news);
        store = open.add(ReplaceableStore.open(backend, lessor, EngineSettings.store(config, time, metrics.store())));
        copies = new StateCopies(backend, time);

        applied = new AppliedIndex(backend.consistentIndex());
        tokens = Tokens.open(config.auth(), applied, time);
        auth = new AuthStore(backend, tokens);
        proposer = open.add(
                new LogProposer(ProposerOptions.of(config, identity.memberId()), applied, time, metrics.requests()));
        reads = open.add(new RaftReadBarrier(config.requestTimeout(), applied, time, metrics.requests()));
        PrimaryLeases primaryLeases = new PrimaryLeases(lessor, leaseOptions, reads, time);
        leases = open.add(new LeaseService(lessor, primaryLeases, leaseOptions, time));
        quota = new BackendQuota(identity.memberId(), config.quotaBackendBytes(), store::sizeBytes, alarms, proposer);
        authenticator = open.add(
                new Authenticator(auth, tokens, proposer, reads, config.auth().bcryptCost()));
        compactor = new AutoCompactor(retention, store::currentRevision, proposer, time);
        founder = new Founder(cluster, proposer);
        soleMember = new SoleMember(cluster, proposer, forcedAlone);
        CheckParts checkParts = checkParts(new PeerHashClient(cluster, http, config.requestTimeout()));
        if (config.consistencyChecks().atStart() && directory.hadLog()) {
            new InitialCheck(checkParts).run();
        }
        consistency = open.add(
                ConsistencyMonitor.start(config.consistencyChecks(), checkParts, "etcd-consistency-" + config.name()));
        versionMonitor = new ClusterVersionMonitor(cluster.versions(), proposer);
        Departures departures = new Departures(cluster);
        PeerDirectory others = new MembershipDirectory(cluster, applied, departures);
        RemotePeers peers =
                open.add(network.connect(others, proposer, () -> failure.report(new MemberRemovedException())));
        transfer = open.add(new LeadershipTransfer(cluster, peers, config.requestTimeout(), time));
        failure.then(cause -> stopAnswering());

        raft = open.add(RaftNode.start(
                EngineSettings.raft(config, identity, cluster.initialVoters(), backend, forcedAlone),
                stateMachine(peers.states()),
                metrics.disk(),
                peers));
        proposer.attach(raft, peers, new QuorumConnections(cluster, peers));
        reads.attach(raft);
        transfer.attach(raft);
        departures.attach(raft);
        leases.attach(raft, identity.memberId(), peers.leases());
        reconfiguration = open.add(new Reconfiguration(
                cluster,
                ReconfigurationParts.of(
                        config, raft, proposer, reads, peers, peers.promotion(), metrics.cluster(), time)));
        reconciler = new Reconciler(cluster, raft, config.electionTimeout(), time);
        selfRemoval = new SelfRemoval(cluster, raft, time, failure::report);
        network.serve(others, peerHandlers(primaryLeases));
        MemberTimer timer = open.add(new MemberTimer("etcd-timer-" + config.name()));
        startTimer(timer, peers);

        MetricSources.connect(rpcParts(), proposer, auth);
        clients = open.add(ClientPorts.open(rpcParts(), tls.clientPort()));
        SelfPublisher publisher =
                new SelfPublisher(cluster, config.name(), advertisedUrls(), proposer, config.requestTimeout(), time);
        failure.then(cause -> publisher.stop());
        open.add(publisher::stop);
        ready = publisher.published().thenRun(clients::serve);
        timer.every(REQUEST_SWEEP, publisher::tick);
    }

    private CheckParts checkParts(PeerHashes peerHashes) {
        return new CheckParts(
                identity.memberId(), OwnHashes.of(store), peerHashes, reads, proposer, config.requestTimeout());
    }

    private ReplaceableBackend openBackend(Path file) {
        long begin = time.nanoTime();
        ReplaceableBackend opened =
                LmdbStore.open(file, EngineSettings.backend(config, time, metrics.disk()::committed, failure::report));
        log.atInfo()
                .addKeyValue("path", file)
                .addKeyValue("took", Duration.ofNanos(time.nanoTime() - begin))
                .log("opened backend db");
        return opened;
    }

    private MemberStateMachine stateMachine(StateFetcher fetcher) {
        ApplyParts parts = new ApplyParts(
                backend, store, lessor, alarms, quota, cluster, new AuthCommands(auth), metrics.requestWatch());
        // The lessor first: renewals that waited for a leader find it counting. The founder before what waits to be
        // proposed.
        List<LeadershipListener> leadership = List.of(
                lessor,
                founder,
                soleMember,
                proposer,
                reads,
                leases,
                versionMonitor,
                consistency,
                compactor,
                transfer,
                metrics.cluster(),
                news);
        StateInstallation installation = open.add(new StateInstallation(
                parts, applied, fetcher, time::nanoTime, metrics.cluster().installations()));
        return new MemberStateMachine(
                parts, proposer, applied, installation, copies::areGiven, leadership, failure::report);
    }

    private PeerHandlers peerHandlers(PrimaryLeases primaryLeases) {
        ForwardedEntries forwards = new ForwardedEntries(applied);
        forwards.attach(raft);
        PeerEndpoints http = open.add(new PeerEndpoints(
                new PeerEndpointParts(
                        cluster, cluster.versions(), reads, primaryLeases, reconfiguration::promote, store::hash),
                time));
        return new PeerHandlers(
                raft.inbox(), forwards::offer, primaryLeases, reconfiguration.promotions()::promote, copies, http);
    }

    private void startTimer(MemberTimer timer, Connections connections) {
        LeaseExpirer expirer =
                new LeaseExpirer(lessor, new RootProposer(auth, proposer.whileLeading()), metrics.leases());
        timer.every(REQUEST_SWEEP, proposer::tick);
        timer.every(REQUEST_SWEEP, reads::tick);
        timer.every(REQUEST_SWEEP, tokens::tick);
        if (config.initialElectionTickAdvance()) {
            FirstElection election = new FirstElection(
                    raft,
                    identity.memberId(),
                    connections,
                    config.heartbeatInterval(),
                    config.electionTimeout(),
                    time,
                    new SplittableRandom());
            timer.every(ELECTION_CHECK, election::tick);
        }
        timer.every(REQUEST_SWEEP, transfer::tick);
        timer.every(REQUEST_SWEEP, founder::tick);
        timer.every(REQUEST_SWEEP, reconfiguration::tick);
        timer.every(REQUEST_SWEEP, () -> {
            if (soleMember.isSettled()) {
                reconciler.tick();
            }
        });
        timer.every(REQUEST_SWEEP, selfRemoval::tick);
        timer.every(LEASE_SWEEP, expirer::tick);
        timer.every(LEASE_RETRY, leases::tick);
        timer.every(VERSION_CHECK, versionMonitor::tick);
        timer.every(COPY_SWEEP, copies::tick);
        if (compactor.isOn()) {
            timer.every(compactor.tickInterval(), compactor::tick);
        }
    }

    private MemberParts rpcParts() {
        return new MemberParts(
                config,
                cluster,
                reconfiguration,
                transfer,
                cluster.versions(),
                new Downgrades(cluster.versions(), reads, proposer),
                raft,
                store,
                backend::snapshot,
                proposer,
                reads,
                leases,
                quota,
                alarms,
                new Permissions(auth, lessor::keys),
                authenticator,
                applied,
                time,
                metrics);
    }

    /** As configured, with the port that was bound where port 0 asked for a free one. */
    private List<String> advertisedUrls() {
        List<URI> configured = config.advertiseClientUrls();
        int boundPort = clients.urls().isEmpty() ? 0 : clients.urls().get(0).getPort();
        return configured.stream()
                .map(url ->
                        url.getPort() == 0 ? url.getScheme() + "://" + url.getHost() + ":" + boundPort : url.toString())
                .toList();
    }

    private void stopAnswering() {
        proposer.close();
        reads.close();
        leases.close();
        transfer.close();
    }

    /**
     * Completes once the cluster knows this member, and clients are served; until enough of the others are there, it does
     * not. Exceptionally with STOPPED if the member fails or is closed before.
     */
    CompletionStage<Void> ready() {
        return ready;
    }

    /** 0 when none is known. */
    long leaderId() {
        return raft.leaderId();
    }

    Identity identity() {
        return identity;
    }

    ClientPorts clients() {
        return clients;
    }

    /** What the RPC layer works with; for tests that do without it. */
    MemberParts parts() {
        return rpcParts();
    }

    /** Gives leadership to another member, if this one has it; to be called before it is closed. */
    void handOver() {
        if (failure.cause() == null) {
            transfer.beforeStop(HANDOVER_LIMIT);
        }
    }

    @Override
    public void close() {
        open.close();
    }
}
