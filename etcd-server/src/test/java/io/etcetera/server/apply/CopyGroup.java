package io.etcetera.server.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.mvcc.KvStore;
import io.etcetera.mvcc.KvStoreOptions;
import io.etcetera.mvcc.backend.BackendOptions;
import io.etcetera.mvcc.backend.ReplaceableBackend;
import io.etcetera.mvcc.backend.store.LmdbStore;
import io.etcetera.mvcc.revision.ReplaceableStore;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.raft.RaftConfig;
import io.etcetera.raft.RaftNode;
import io.etcetera.raft.transport.Lane;
import io.etcetera.raft.transport.PeerAnswer;
import io.etcetera.raft.transport.PeerInbox;
import io.etcetera.raft.wal.WalListener;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.TimeSource;
import io.etcetera.server.auth.AuthCommands;
import io.etcetera.server.auth.AuthConfig;
import io.etcetera.server.auth.AuthStore;
import io.etcetera.server.auth.Tokens;
import io.etcetera.server.cluster.ClusterStore;
import io.etcetera.server.cluster.Identity;
import io.etcetera.server.lease.Lessor;
import io.etcetera.server.lease.LessorOptions;
import io.etcetera.server.maintenance.AlarmListener;
import io.etcetera.server.maintenance.AlarmStore;
import io.etcetera.server.maintenance.BackendQuota;
import io.etcetera.server.metrics.MemberMetrics;
import io.etcetera.server.propose.LogProposer;
import io.etcetera.server.propose.ProposerOptions;
import io.etcetera.server.read.AppliedIndex;
import io.etcetera.server.testing.TestMetrics;
import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.transport.StateSource;
import io.etcetera.server.transport.copy.StateCopies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Three members of one process: real logs and stores, and a network in memory that can leave one out. */
final class CopyGroup implements AutoCloseable {
    static final List<Long> IDS = List.of(1L, 2L, 3L);

    private static final int SNAPSHOT_COUNT = 20;
    private static final int ELECTION_TIMEOUT_MILLIS = 1_000;
    private static final long PATIENCE_SECONDS = 240;

    final AtomicInteger copies = new AtomicInteger();
    private final Path directory;
    private final Map<Long, Node> nodes = new ConcurrentSkipListMap<>();
    private final Set<Long> isolated = ConcurrentHashMap.newKeySet();

    CopyGroup(Path directory) throws Exception {
        this.directory = directory;
        for (long id : IDS) {
            start(id);
        }
    }

    Path home(long id) {
        return directory.resolve("m" + id);
    }

    Node node(long id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    void start(long id) throws Exception {
        Node started = new Node(id);
        nodes.put(id, started);
    }

    void stop(long id) {
        Objects.requireNonNull(nodes.remove(id)).close();
    }

    void isolate(long id) {
        isolated.add(id);
    }

    void heal() {
        isolated.clear();
    }

    private void send(long from, long to, Lane lane, byte[] message, PeerAnswer answer) {
        Node receiver = nodes.get(to);
        PeerInbox inbox = receiver == null ? null : receiver.inbox;
        if (inbox == null || isolated.contains(from) || isolated.contains(to)) {
            answer.failed("nobody there");
            return;
        }
        inbox.receive(from, lane, message, reply -> {
            if (!isolated.contains(from) && !isolated.contains(to)) {
                answer.received(reply);
            }
        });
    }

    private void fetch(long from, long index, Path file) throws IOException, InterruptedException {
        Node leader = nodes.get(from);
        if (leader == null) {
            throw new IOException("nobody there");
        }
        try (StateSource.Copy copy = leader.copies.open(index, "")) {
            ByteBuffer all = ByteBuffer.allocate((int) copy.length());
            copy.read(all);
            Files.write(file, all.array());
        }
        copies.incrementAndGet();
    }

    /** A member that leads, and is not cut off. */
    Node awaitLeader() throws InterruptedException {
        // Asked once: whoever led a moment ago need not lead now.
        AtomicReference<@Nullable Node> leader = new AtomicReference<>();
        await("a leader", () -> {
            leader.set(leader());
            return leader.get() != null;
        });
        return Objects.requireNonNull(leader.get());
    }

    private @Nullable Node leader() {
        return nodes.values().stream()
                .filter(node -> !isolated.contains(node.id) && node.raft.isLeader())
                .findFirst()
                .orElse(null);
    }

    /** Writes through whoever leads, again until it is known to be done. */
    void put(String key, String value) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            CompletableFuture<Message> done = new CompletableFuture<>();
            awaitLeader()
                    .proposer
                    .propose(
                            InternalRaftRequest.newBuilder()
                                    .setPut(PutRequest.newBuilder()
                                            .setKey(ByteString.copyFromUtf8(key))
                                            .setValue(ByteString.copyFromUtf8(value))),
                            new ResultCallback<>() {
                                @Override
                                public void completed(Message response) {
                                    done.complete(response);
                                }

                                @Override
                                public void failed(EtcdException error) {
                                    done.completeExceptionally(error);
                                }
                            });
            try {
                done.get(10, TimeUnit.SECONDS);
                return;
            } catch (ExecutionException | TimeoutException e) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("nothing could be written", e);
                }
            }
        }
    }

    static void await(String what, BooleanSupplier condition) {
        Await.until(what, Duration.ofSeconds(PATIENCE_SECONDS), condition::getAsBoolean);
    }

    @Override
    public void close() {
        List.copyOf(nodes.keySet()).forEach(this::stop);
    }

    /** One member, without RPC. */
    final class Node implements AutoCloseable {
        final long id;
        final KvStore store;
        final AppliedIndex applied;
        final RaftNode raft;
        private final LogProposer proposer;
        private final StateCopies copies;
        private final StateInstallation installation;
        private volatile @Nullable PeerInbox inbox;

        private Node(long id) throws Exception {
            this.id = id;
            Files.createDirectories(home(id));
            TimeSource time = TimeSource.system();
            MemberMetrics metrics = TestMetrics.create();
            ReplaceableBackend backend = LmdbStore.open(
                    home(id).resolve("store.mdb"), BackendOptions.DEFAULT.withBatch(Duration.ofMillis(10), 100));
            LessorOptions leases = new LessorOptions(2, Duration.ofSeconds(1), Duration.ofSeconds(7));
            Lessor lessor = new Lessor(backend, leases, time, metrics.leases());
            store = ReplaceableStore.open(backend, lessor, KvStoreOptions.DEFAULT);
            AlarmStore alarms = new AlarmStore(backend, AlarmListener.NONE);
            applied = new AppliedIndex(backend.consistentIndex());
            proposer = new LogProposer(
                    new ProposerOptions(id, 1 << 20, Duration.ofSeconds(7), Duration.ofSeconds(1)),
                    applied,
                    time,
                    metrics.requests());
            copies = new StateCopies(backend, time);
            BackendQuota quota = new BackendQuota(id, -1, store::sizeBytes, alarms, proposer);
            ClusterStore cluster = new ClusterStore(new Identity(id, 2), backend);
            ApplyParts parts = new ApplyParts(
                    backend,
                    store,
                    lessor,
                    alarms,
                    quota,
                    cluster,
                    new AuthCommands(new AuthStore(backend, Tokens.open(AuthConfig.DEFAULT, applied, time))),
                    metrics.requestWatch());
            installation = new StateInstallation(
                    parts,
                    applied,
                    CopyGroup.this::fetch,
                    time::nanoTime,
                    metrics.cluster().installations());
            MemberStateMachine machine = new MemberStateMachine(
                    parts, proposer, applied, installation, () -> false, List.of(lessor, proposer), failure -> {});
            RaftConfig config = new RaftConfig(
                    id,
                    2,
                    IDS,
                    home(id).resolve("wal"),
                    ELECTION_TIMEOUT_MILLIS,
                    ELECTION_TIMEOUT_MILLIS / 10,
                    SNAPSHOT_COUNT,
                    SNAPSHOT_COUNT / 2,
                    backend.consistentIndex(),
                    backend.consistentTerm(),
                    false);
            raft = RaftNode.start(
                    config,
                    machine,
                    WalListener.NONE,
                    (peer, lane, message, answer) -> send(id, peer, lane, message, answer));
            proposer.attach(raft);
            inbox = raft.inbox();
        }

        @Override
        public void close() {
            raft.close();
            installation.close();
            proposer.close();
            store.close();
        }
    }
}
