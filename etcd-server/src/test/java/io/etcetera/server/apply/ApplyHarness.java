package io.etcetera.server.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.revision.ReplaceableStore;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.raft.RaftException;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.auth.AuthCommands;
import io.etcetera.server.auth.AuthConfig;
import io.etcetera.server.auth.AuthStore;
import io.etcetera.server.auth.Tokens;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.lease.LeaderLeases;
import io.etcetera.server.lease.LeaseExpirer;
import io.etcetera.server.lease.LeaseService;
import io.etcetera.server.lease.Lessor;
import io.etcetera.server.lease.LessorOptions;
import io.etcetera.server.lease.PrimaryLeases;
import io.etcetera.server.maintenance.AlarmListener;
import io.etcetera.server.maintenance.AlarmStore;
import io.etcetera.server.maintenance.BackendQuota;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.propose.LogProposer;
import io.etcetera.server.propose.ProposerOptions;
import io.etcetera.server.read.AppliedIndex;
import io.etcetera.server.read.RaftReadBarrier;
import io.etcetera.server.read.RangeEvaluator;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.TestMetrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Everything behind the log, real, with a log in memory, a clock that stands still and the test as apply thread. */
public final class ApplyHarness implements AutoCloseable {
    public static final long MEMBER_ID = 1;

    public final ManualTime time = new ManualTime();
    public final FakeRaftNode raft = new FakeRaftNode();
    public final ReplaceableBackend backend;
    public final Lessor lessor;
    public final LeaseService leases;
    public final LeaseExpirer expirer;
    public final KvStore store;
    public final AlarmStore alarms;
    public final BackendQuota quota;
    public final LogProposer proposer;
    public final AppliedIndex applied;
    public final List<RaftException> failures = new ArrayList<>();
    public final ClusterStore cluster;
    public final Tokens tokens;
    public final AuthStore auth;
    public final MemberStateMachine stateMachine;

    private final MemberMetrics metrics = TestMetrics.create();

    /** Where a full copy comes from. */
    public StateFetcher fetcher = StateFetcher.NONE;

    private final StateInstallation installation;

    public ApplyHarness(Path directory) {
        this(directory, 0);
    }

    public ApplyHarness(Path directory, long quotaBytes) {
        LessorOptions leaseOptions = new LessorOptions(2, Duration.ofSeconds(1), Duration.ofSeconds(7));
        backend = LmdbStore.open(directory.resolve("store.mdb"), BackendOptions.DEFAULT);
        lessor = new Lessor(backend, leaseOptions, time, metrics.leases());
        store = ReplaceableStore.open(backend, lessor, KvStoreOptions.DEFAULT);
        alarms = new AlarmStore(backend, AlarmListener.NONE);
        applied = new AppliedIndex(backend.consistentIndex());
        proposer = new LogProposer(
                new ProposerOptions(MEMBER_ID, 1 << 20, Duration.ofSeconds(7), Duration.ofSeconds(1)),
                applied,
                time,
                metrics.requests());
        RaftReadBarrier reads = new RaftReadBarrier(Duration.ofSeconds(7), applied, time, metrics.requests());
        leases = new LeaseService(lessor, new PrimaryLeases(lessor, leaseOptions, reads, time), leaseOptions, time);
        expirer = new LeaseExpirer(lessor, proposer.whileLeading(), metrics.leases());
        quota = new BackendQuota(MEMBER_ID, quotaBytes, store::sizeBytes, alarms, proposer);
        raft.startAfter(backend.consistentIndex());
        proposer.attach(raft);
        reads.attach(raft);
        leases.attach(raft, MEMBER_ID, LeaderLeases.NONE);
        cluster = new ClusterStore(new Identity(MEMBER_ID, 2), backend);
        tokens = Tokens.open(AuthConfig.DEFAULT, applied, time);
        auth = new AuthStore(backend, tokens);
        ApplyParts parts = new ApplyParts(
                backend, store, lessor, alarms, quota, cluster, new AuthCommands(auth), metrics.requestWatch());
        installation = new StateInstallation(
                parts,
                applied,
                (member, index, file) -> fetcher.fetch(member, index, file),
                time::nanoTime,
                metrics.cluster().installations());
        stateMachine = new MemberStateMachine(
                parts,
                proposer,
                applied,
                installation,
                () -> false,
                List.of(lessor, proposer, reads, leases),
                failures::add);
    }

    /** Proposes, and has everything committed and applied that was proposed. */
    public Answer<Message> propose(InternalRaftRequest.Builder request) {
        Answer<Message> answer = new Answer<>();
        proposer.propose(request, answer);
        commit();
        return answer;
    }

    public void commit() {
        raft.commitAll(stateMachine);
    }

    public static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    public static PutRequest.Builder putRequest(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
    }

    public Answer<Message> put(PutRequest.Builder put) {
        return propose(InternalRaftRequest.newBuilder().setPut(put));
    }

    public PutResponse put(String key, String value) {
        return (PutResponse) put(putRequest(key, value)).result();
    }

    public Answer<Message> delete(DeleteRangeRequest.Builder delete) {
        return propose(InternalRaftRequest.newBuilder().setDeleteRange(delete));
    }

    public TxnResponse txn(TxnRequest.Builder txn) {
        return (TxnResponse)
                propose(InternalRaftRequest.newBuilder().setTxn(txn)).result();
    }

    public EtcdError txnError(TxnRequest.Builder txn) {
        return propose(InternalRaftRequest.newBuilder().setTxn(txn)).error();
    }

    public LeaseGrantResponse grant(long leaseId, long ttlSeconds) {
        return (LeaseGrantResponse) tryGrant(leaseId, ttlSeconds).result();
    }

    public Answer<Message> tryGrant(long leaseId, long ttlSeconds) {
        return propose(InternalRaftRequest.newBuilder()
                .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(leaseId).setTTL(ttlSeconds)));
    }

    public Answer<Message> revoke(long leaseId) {
        return propose(InternalRaftRequest.newBuilder()
                .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(leaseId)));
    }

    /** All that is there, as key=value, in order. */
    public List<String> everything() {
        try {
            return RangeEvaluator.evaluate(
                            store::range,
                            RangeRequest.newBuilder()
                                    .setKey(bytes("\0"))
                                    .setRangeEnd(bytes("\0"))
                                    .build())
                    .kvs()
                    .stream()
                    .map(kv -> kv.decode())
                    .map(kv -> kv.getKey().toStringUtf8() + "=" + kv.getValue().toStringUtf8())
                    .toList();
        } catch (EtcdException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        installation.close();
        store.close();
        backend.close();
    }
}
