package io.etcetera.junit5;

import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdStartException;
import io.grpc.Channel;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster whose members all run in this JVM, each with ports and files of its own. Several clusters can run at the same
 * time. Thread-safe, but for {@link #restart}: one thread at a time.
 *
 * <p>Members have etcd's defaults, except that they do not wait for the disk: what they hold outlives a stop of theirs, but not
 * a crash of the machine.
 */
public final class EtcdCluster {
    private static final int MOST_STARTS = 5;
    private static final String ROOT = "root";
    private static final long PAUSE_NANOS = 10_000_000;

    private final ClusterPlan plan;
    private final ClusterSite site;
    private final ClusterNetwork network = new ClusterNetwork();
    private final List<EtcdMember> members;
    private final Channel channel = new FirstRunningChannel(this);

    private EtcdCluster(ClusterPlan plan, ClusterSite site, List<EtcdConfig> configs) {
        this.plan = plan;
        this.site = site;
        this.members =
                configs.stream().map(config -> new EtcdMember(config, network)).toList();
    }

    /**
     * Starts all members, and returns when they serve clients.
     *
     * @throws IllegalStateException if one of them cannot be started; nothing is left behind then
     */
    static EtcdCluster start(ClusterPlan plan) {
        for (int attempt = 1; ; attempt++) {
            try {
                return startOnce(plan);
            } catch (EtcdStartException e) {
                // Somebody else may take a port between the moment we find it free and that when we listen on it.
                if (attempt == MOST_STARTS || !String.valueOf(e.getMessage()).contains("address already in use")) {
                    throw new IllegalStateException("the cluster does not start: " + e.getMessage(), e);
                }
            }
        }
    }

    private static EtcdCluster startOnce(ClusterPlan plan) throws EtcdStartException {
        ClusterSite site = ClusterSite.make();
        List<EtcdMember> toStop = List.of();
        boolean started = false;
        try {
            EtcdCluster cluster = new EtcdCluster(plan, site, site.configs(plan));
            toStop = cluster.members;
            cluster.startMembers();
            if (!plan.rootPassword().isEmpty()) {
                cluster.enableAuth();
            }
            started = true;
            return cluster;
        } finally {
            if (!started) {
                toStop.forEach(EtcdMember::kill);
                site.close();
            }
        }
    }

    private void startMembers() throws EtcdStartException {
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        for (EtcdMember member : members) {
            ready.add(member.launch());
        }
        for (int i = 0; i < members.size(); i++) {
            members.get(i).await(ready.get(i));
        }
        if (plan.tls()) {
            site.gatherCertificates(
                    members.stream().map(EtcdMember::certificate).toList());
        }
    }

    /** The role root is there from the beginning. */
    private void enableAuth() {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        var unusedAdded = auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName(ROOT)
                .setPassword(plan.rootPassword())
                .build());
        var unusedGranted = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(ROOT)
                .setRole(ROOT)
                .build());
        var unusedEnabled = auth.authEnable(AuthEnableRequest.getDefaultInstance());
    }

    /** Its name. */
    public String clusterName() {
        return plan.name();
    }

    /** All members, running or not, always in the same order. */
    public List<EtcdMember> members() {
        return members;
    }

    /** Where clients are served, by members running or not. */
    public List<URI> clientEndpoints() {
        return members.stream().map(EtcdMember::clientEndpoint).toList();
    }

    /** Where the members serve one another. */
    public List<URI> peerEndpoints() {
        return members.stream().map(EtcdMember::peerEndpoint).toList();
    }

    /**
     * A PEM file with the certificates by which clients know the members.
     *
     * @throws IllegalStateException if the cluster is without TLS
     */
    public Path caFile() {
        if (!plan.tls()) {
            throw new IllegalStateException("the cluster is without TLS");
        }
        return site.caFile();
    }

    /**
     * The way to the services without a socket, for every gRPC stub: each call goes to the first member that runs then. Usable
     * as long as the cluster; not to be closed.
     */
    public Channel channel() {
        return channel;
    }

    /** The member that a majority of all takes for the leader, if there is one now. */
    public Optional<EtcdMember> leader() {
        Map<Long, Long> votes = members.stream()
                .flatMap(member -> member.running().stream())
                .collect(Collectors.groupingBy(Etcd::leaderId, Collectors.counting()));
        return members.stream()
                .filter(member -> member.running()
                        .filter(etcd -> votes.getOrDefault(etcd.memberId(), 0L) > members.size() / 2)
                        .isPresent())
                .findFirst();
    }

    /**
     * Waits for {@link #leader}.
     *
     * @throws IllegalStateException if there is none within two minutes, or the thread is interrupted
     */
    public EtcdMember awaitLeader() {
        return awaitLeader("a leader", leader -> true);
    }

    /** The same, for the successor of one that has been stopped or parted from the others. */
    public EtcdMember awaitLeaderOtherThan(EtcdMember former) {
        return awaitLeader("a leader other than " + former, leader -> leader != former);
    }

    private EtcdMember awaitLeader(String what, Predicate<EtcdMember> wanted) {
        long begin = System.nanoTime();
        while (true) {
            Optional<EtcdMember> leader = leader().filter(wanted);
            if (leader.isPresent()) {
                return leader.get();
            }
            if (Thread.currentThread().isInterrupted() || System.nanoTime() - begin > EtcdMember.PATIENCE.toNanos()) {
                throw new IllegalStateException("waited in vain for " + what + " of " + clusterName());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /**
     * Parts these members from all the others, both ways: what is sent across vanishes, and neither side is told. Replaces an
     * earlier partition. Clients still reach everybody.
     */
    public void partition(EtcdMember... side) {
        network.part(Stream.of(side).map(EtcdMember::name).collect(Collectors.toSet()));
    }

    /** Ends a partition. Connections come back by themselves, within seconds. */
    public void heal() {
        network.heal();
    }

    /**
     * Stops all members and starts them again, with what they hold, at the same addresses; returns when they serve clients.
     *
     * @throws IllegalStateException if one of them cannot be started again
     */
    public void restart() {
        members.forEach(EtcdMember::kill);
        try {
            startMembers();
        } catch (EtcdStartException e) {
            throw new IllegalStateException("the cluster does not start again: " + e.getMessage(), e);
        }
    }

    /** Stops all members and removes their files. */
    void close() {
        members.forEach(EtcdMember::kill);
        site.close();
    }

    @Override
    public String toString() {
        return clusterName() + clientEndpoints();
    }
}
