package io.etcetera.server.rpc.port;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.ReadIndexCallback;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.auth.AuthConfig;
import io.etcetera.server.auth.AuthState;
import io.etcetera.server.auth.Authenticator;
import io.etcetera.server.auth.Permissions;
import io.etcetera.server.auth.Tokens;
import io.etcetera.server.cluster.Connections;
import io.etcetera.server.cluster.Downgrades;
import io.etcetera.server.cluster.Membership;
import io.etcetera.server.cluster.change.LeaderPromotion;
import io.etcetera.server.cluster.change.Reconfiguration;
import io.etcetera.server.cluster.change.ReconfigurationParts;
import io.etcetera.server.cluster.leader.LeadershipTransfer;
import io.etcetera.server.lease.Leases;
import io.etcetera.server.maintenance.QuotaGuard;
import io.etcetera.server.maintenance.SnapshotSource;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpService;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.FakeVersions;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.TestMetrics;
import io.etcetera.server.tls.ServerTls;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A member made of hand-written parts, served by a real server on a free port, with channels to it. */
public final class FakeMember implements AutoCloseable {
    static final long CLUSTER_ID = 0xcdf818194e3a8c32L;
    public static final long MEMBER_ID = 0x8e9e05c52164694dL;
    static final long TERM = 2;

    /** Stands for the apply thread. */
    public interface Applier {
        Message apply(InternalRaftRequest request) throws EtcdException;
    }

    public final FakeStore store = new FakeStore();
    final MemberMetrics metrics = TestMetrics.create();
    final List<AlarmMember> alarms = new ArrayList<>();
    final Map<Long, Leases.LeaseState> leases = new ConcurrentHashMap<>();
    /** What the applier has been through with. */
    public final BlockingQueue<InternalRaftRequest> proposed = new LinkedBlockingQueue<>();

    public volatile long leader = MEMBER_ID;
    public volatile @Nullable EtcdError quotaError;
    public volatile @Nullable EtcdError readError;
    volatile @Nullable EtcdError leaseError;
    volatile boolean learner;
    volatile AuthState auth = AuthState.OFF;
    /** How far the log of every other member is. */
    public volatile long match;

    public volatile SnapshotSource snapshots = unwanted -> {
        throw new IllegalStateException("unexpected snapshot");
    };
    final FakeVersions versions = new FakeVersions();
    public volatile List<Member> otherMembers = List.of();
    public volatile Applier applier = request -> {
        throw new IllegalStateException("unexpected proposal: " + request);
    };

    private final ExecutorService applyThread = Executors.newSingleThreadExecutor(task -> new Thread(task, "apply"));
    private final List<ManagedChannel> channels = new ArrayList<>();
    private @Nullable RpcServices services;
    private @Nullable RpcServer server;

    public static EtcdConfig.Builder config() {
        return EtcdConfig.builder()
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .electionTimeout(Duration.ofMillis(100))
                .watchProgressNotifyInterval(Duration.ofMillis(100));
    }

    public static FakeMember started() throws IOException {
        return new FakeMember().start(config().build());
    }

    FakeMember start(EtcdConfig config) throws IOException {
        return start(config, Optional.empty());
    }

    FakeMember start(EtcdConfig config, Optional<ServerTls> tls) throws IOException {
        RpcServices opened = RpcServices.open(parts(config), new SplittableRandom(1), 1, 2);
        services = opened;
        HttpService nothing = (request, exchange) -> exchange.reply(HttpReply.notFound());
        try {
            server = RpcServer.open(opened, config, tls, new HttpServing(nothing, 1024, TimeSource.system()));
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
        server.serve();
        return this;
    }

    RpcServices services() {
        if (services == null) {
            throw new IllegalStateException("not started");
        }
        return services;
    }

    public RpcServer server() {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server;
    }

    int port() {
        return server().clientUrls().get(0).getPort();
    }

    public ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port())
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(64 << 20)
                .build();
        channels.add(channel);
        return channel;
    }

    /** A header as the services complete it. */
    public static ResponseHeader header(long revision) {
        return ResponseHeader.newBuilder()
                .setClusterId(CLUSTER_ID)
                .setMemberId(MEMBER_ID)
                .setRevision(revision)
                .setRaftTerm(TERM)
                .build();
    }

    /** A header as the apply thread leaves it. */
    public static ResponseHeader bare(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    public MemberParts parts(EtcdConfig config) {
        Membership membership = new FakeMembership();
        RaftNode raft = new FakeRaft();
        Proposer proposer = new FakeProposer();
        ReadBarrier reads = new FakeReads();
        Reconfiguration reconfiguration = new Reconfiguration(
                membership,
                ReconfigurationParts.of(
                        config,
                        raft,
                        proposer,
                        reads,
                        Connections.NONE,
                        LeaderPromotion.NONE,
                        metrics.cluster(),
                        new ManualTime()));
        LeadershipTransfer transfer = new LeadershipTransfer(
                membership, id -> OptionalLong.of(0), config.requestTimeout(), TimeSource.system());
        transfer.attach(raft);
        return new MemberParts(
                config,
                membership,
                reconfiguration,
                transfer,
                versions,
                new Downgrades(versions, reads, proposer),
                raft,
                store,
                unwanted -> snapshots.snapshot(unwanted),
                proposer,
                reads,
                new FakeLeases(),
                new FakeQuota(),
                () -> List.copyOf(alarms),
                new Permissions(() -> auth, leaseId -> List.of()),
                new Authenticator(
                        () -> auth, Tokens.open(AuthConfig.DEFAULT, () -> 0, new ManualTime()), proposer, reads, 4),
                () -> 6L,
                TimeSource.system(),
                metrics);
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        if (server != null) {
            server.close();
        }
        if (services != null) {
            services.close();
        }
        applyThread.shutdownNow();
    }

    private static void fail(@Nullable EtcdError error) throws EtcdException {
        if (error != null) {
            throw new EtcdException(error);
        }
    }

    private final class FakeMembership implements Membership {
        @Override
        public long clusterId() {
            return CLUSTER_ID;
        }

        @Override
        public long memberId() {
            return MEMBER_ID;
        }

        @Override
        public List<Member> members() {
            List<Member> members = new ArrayList<>(otherMembers);
            members.add(Member.newBuilder()
                    .setID(MEMBER_ID)
                    .setName("one")
                    .addPeerURLs("http://localhost:2380")
                    .setIsLearner(learner)
                    .build());
            return members;
        }

        @Override
        public boolean isRemoved(long memberId) {
            return false;
        }

        @Override
        public void onChange(Runnable listener) {
            // These members do not change.
        }
    }

    private final class FakeProposer implements Proposer {
        @Override
        public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
            applyThread.execute(() -> {
                InternalRaftRequest built = request.build();
                try {
                    Message applied = applier.apply(built);
                    proposed.add(built);
                    callback.completed(applied);
                } catch (EtcdException e) {
                    proposed.add(built);
                    callback.failed(e);
                }
            });
        }
    }

    private final class FakeReads implements ReadBarrier {
        @Override
        public <T> void await(T token, ResultCallback<T> callback) {
            EtcdError error = readError;
            applyThread.execute(() -> {
                if (error != null) {
                    callback.failed(new EtcdException(error));
                } else {
                    callback.completed(token);
                }
            });
        }
    }

    private final class FakeLeases implements Leases {
        @Override
        public void renew(long leaseId, ResultCallback<Long> callback) {
            EtcdError error = leaseError;
            if (error != null) {
                callback.failed(new EtcdException(error));
                return;
            }
            LeaseState lease = leases.get(leaseId);
            callback.completed(lease == null ? 0L : lease.grantedTtlSeconds());
        }

        @Override
        @SuppressWarnings("NullAway") // the checker does not carry the nullable type argument into the call
        public void timeToLive(long leaseId, boolean withKeys, ResultCallback<@Nullable LeaseState> callback) {
            applyThread.execute(() -> callback.completed(leases.get(leaseId)));
        }

        @Override
        public List<Long> leaseIds() {
            return leases.keySet().stream().sorted().toList();
        }
    }

    private final class FakeQuota implements QuotaGuard {
        @Override
        public void check(PutRequest request) throws EtcdException {
            fail(quotaError);
        }

        @Override
        public void check(TxnRequest request) throws EtcdException {
            fail(quotaError);
        }

        @Override
        public void checkLeaseGrant() throws EtcdException {
            fail(quotaError);
        }

        @Override
        public long quotaBytes() {
            return 2147483648L;
        }
    }

    private final class FakeRaft extends FakeRaftNode {
        @Override
        public void propose(Proposal proposal) {
            throw new UnsupportedOperationException("the RPC layer proposes through the proposer");
        }

        @Override
        public void readIndex(ReadIndexCallback callback) {
            throw new UnsupportedOperationException("the RPC layer reads through the barrier");
        }

        @Override
        public long leaderId() {
            return leader;
        }

        @Override
        public boolean isLeader() {
            return leader == MEMBER_ID;
        }

        @Override
        public long term() {
            return TERM;
        }

        @Override
        public long committedIndex() {
            return 7;
        }

        @Override
        public OptionalLong matchIndex(long memberId) {
            return OptionalLong.of(match);
        }
    }
}
