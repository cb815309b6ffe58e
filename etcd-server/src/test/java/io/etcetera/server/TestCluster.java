package io.etcetera.server;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.MemberAddRequest;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberRemoveRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.StatusRequest;
import io.etcetera.proto.etcdserverpb.StatusResponse;
import io.etcetera.raft.RaftMembers;
import io.etcetera.server.net.FreePorts;
import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.transport.Fate;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Members m1, m2 and so on of one cluster in this process, with real connections between them, and a client for each. Its
 * network can be broken. One thread.
 */
final class TestCluster implements AutoCloseable {
    /** So long that a busy machine does not lose its leaders. */
    private static final Duration ELECTION_TIMEOUT = Duration.ofSeconds(2);

    private static final long PATIENCE_SECONDS = 120;

    private final Path directory;
    private final FreePorts ports = new FreePorts();
    private final Map<String, String> peerUrls = new ConcurrentSkipListMap<>();
    private final Map<String, Running> running = new ConcurrentSkipListMap<>();

    /** Members that nothing reaches and that reach nobody, by name. */
    private final Set<String> isolated = ConcurrentHashMap.newKeySet();

    /** What members died of. */
    private final Map<String, CompletableFuture<Throwable>> failures = new ConcurrentHashMap<>();

    private final Map<Long, String> names = new ConcurrentHashMap<>();

    private record Running(Etcd etcd, ManagedChannel channel) {}

    /** Starts members, and returns when all of them serve. */
    TestCluster(Path directory, int members) throws Exception {
        this.directory = directory;
        for (int i = 1; i <= members; i++) {
            peerUrls.put("m" + i, freeUrl());
        }
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (String name : peerUrls.keySet()) {
            CompletableFuture<Void> started = new CompletableFuture<>();
            starts.add(started);
            // Each waits for the others.
            new Thread(() -> start(name, false, started), "start-" + name).start();
        }
        CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private String freeUrl() {
        return "http://127.0.0.1:" + ports.next();
    }

    /** Adds a member, as soon as that is allowed, and starts it. */
    void join(String name, boolean learner) throws Exception {
        String url = freeUrl();
        String asked = members().get(0);
        MemberAddRequest request = MemberAddRequest.newBuilder()
                .addPeerURLs(url)
                .setIsLearner(learner)
                .build();
        whenHealthy("leave to add " + name, () -> cluster(asked).memberAdd(request));
        peerUrls.put(name, url);
        // The new member asks any of them who is in the cluster, and takes no for an answer.
        await(
                "all members to know of " + name,
                () -> members().stream()
                        .allMatch(other ->
                                cluster(other)
                                        .memberList(MemberListRequest.getDefaultInstance())
                                        .getMembersList()
                                        .stream()
                                        .anyMatch(listed ->
                                                listed.getPeerURLsList().contains(url))));
        CompletableFuture<Void> started = new CompletableFuture<>();
        start(name, true, started);
        started.get(0, TimeUnit.SECONDS);
    }

    /** Removes a member, as soon as that is allowed, and returns when it has stopped because of it. */
    void remove(String asked, String name) throws Exception {
        MemberRemoveRequest request =
                MemberRemoveRequest.newBuilder().setID(id(name)).build();
        whenHealthy("leave to remove " + name, () -> cluster(asked).memberRemove(request));
        Throwable cause = Objects.requireNonNull(failures.get(name)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!(cause instanceof MemberRemovedException)) {
            throw new AssertionError(name + " has failed", cause);
        }
        peerUrls.remove(name);
        close(name);
    }

    /** Members have to be connected for five seconds before members may change. */
    static void whenHealthy(String what, Runnable call) throws InterruptedException {
        await(what, () -> {
            try {
                call.run();
                return true;
            } catch (StatusRuntimeException e) {
                if (!EtcdError.UNHEALTHY.text().equals(e.getStatus().getDescription())) {
                    throw e;
                }
                return false;
            }
        });
    }

    /** Asks again while it is refused so, as clients of etcd do. */
    static <T> T insist(String what, EtcdError refusal, Supplier<T> call) {
        return Await.answer(
                what,
                Duration.ofSeconds(PATIENCE_SECONDS),
                e -> refusal.text().equals(e.getStatus().getDescription()),
                call);
    }

    /** Who takes part in the log, as a member sees it. */
    RaftMembers raftGroup(String name) {
        return member(name).etcd().parts().raft().members();
    }

    private void start(String name, boolean joining, CompletableFuture<Void> started) {
        List<URI> self = List.of(URI.create(Objects.requireNonNull(peerUrls.get(name))));
        EtcdConfig config = EtcdConfig.builder()
                .name(name)
                .dataDir(directory.resolve(name))
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .advertiseClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .listenPeerUrls(self)
                .initialAdvertisePeerUrls(self)
                .initialCluster(peerUrls.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(",")))
                .initialClusterExisting(joining)
                .electionTimeout(ELECTION_TIMEOUT)
                .build();
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        failures.put(name, failed);
        try {
            Etcd etcd = Etcd.launcher(config)
                    .listener(failed::complete)
                    .wire((peerId, traffic) -> fate(name, peerId))
                    .start();
            names.put(etcd.memberId(), name);
            ManagedChannel channel = NettyChannelBuilder.forAddress(
                            "127.0.0.1", etcd.clientUrls().get(0).getPort())
                    .usePlaintext()
                    .build();
            running.put(name, new Running(etcd, channel));
            started.complete(null);
        } catch (EtcdStartException | RuntimeException e) {
            started.completeExceptionally(e);
        }
    }

    private Fate fate(String from, long to) {
        boolean cut = isolated.contains(from) || isolated.contains(names.getOrDefault(to, ""));
        return cut ? Fate.LOST : Fate.DELIVERED;
    }

    void isolate(String name) {
        isolated.add(name);
    }

    void heal() {
        isolated.clear();
    }

    /** Stops a member as a signal would. */
    void close(String name) {
        Running member = Objects.requireNonNull(running.remove(name));
        member.channel().shutdownNow();
        member.etcd().close();
    }

    List<String> members() {
        return List.copyOf(running.keySet());
    }

    List<String> membersBeside(String name) {
        return members().stream().filter(other -> !other.equals(name)).toList();
    }

    private Running member(String name) {
        return Objects.requireNonNull(running.get(name));
    }

    long id(String name) {
        return member(name).etcd().memberId();
    }

    KVGrpc.KVBlockingStub kv(String name) {
        return KVGrpc.newBlockingStub(member(name).channel());
    }

    ClusterGrpc.ClusterBlockingStub cluster(String name) {
        return ClusterGrpc.newBlockingStub(member(name).channel());
    }

    LeaseGrpc.LeaseBlockingStub leases(String name) {
        return LeaseGrpc.newBlockingStub(member(name).channel());
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance(String name) {
        return MaintenanceGrpc.newBlockingStub(member(name).channel());
    }

    StatusResponse status(String name) {
        return maintenance(name).status(StatusRequest.getDefaultInstance());
    }

    void put(String through, String key, String value) {
        var unused = kv(through)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
    }

    String get(String through, String key, boolean serializable) {
        RangeRequest request = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setSerializable(serializable)
                .build();
        RangeResponse found =
                insist("a read", EtcdError.LEADER_CHANGED, () -> kv(through).range(request));
        return found.getKvsCount() == 0 ? "" : found.getKvs(0).getValue().toStringUtf8();
    }

    /** The member that all of {@code members} take for the leader, as soon as they agree. */
    String awaitLeader(List<String> members) throws InterruptedException {
        AtomicReference<String> leader = new AtomicReference<>("");
        await("a leader of " + members, () -> {
            Set<Long> leaders =
                    members.stream().map(name -> status(name).getLeader()).collect(Collectors.toSet());
            leader.set(
                    leaders.size() == 1 ? names.getOrDefault(leaders.iterator().next(), "") : "");
            return members.contains(leader.get());
        });
        return Objects.requireNonNull(leader.get());
    }

    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        heal();
        members().forEach(this::close);
        ports.close();
    }
}
