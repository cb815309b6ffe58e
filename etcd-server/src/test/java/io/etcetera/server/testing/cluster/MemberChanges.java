package io.etcetera.server.testing.cluster;

import io.etcetera.proto.etcdserverpb.ClusterGrpc.ClusterBlockingStub;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberAddRequest;
import io.etcetera.proto.etcdserverpb.MemberAddResponse;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberRemoveRequest;
import io.etcetera.proto.etcdserverpb.MemberRemoveResponse;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Changes who belongs to a cluster. Insists: a cluster refuses while some of its members seem to be away, and an answer can get
 * lost.
 */
public final class MemberChanges {
    private static final Duration PAUSE = Duration.ofMillis(250);

    private MemberChanges() {}

    /**
     * Adds a member; returns all members then, as soon as each of those that run knows: the new one asks any of them who is in
     * the cluster, and takes no for an answer.
     */
    public static List<Member> add(Cluster cluster, String peerUrl) {
        MemberAddRequest request =
                MemberAddRequest.newBuilder().addPeerURLs(peerUrl).build();
        List<Member> all = insist(
                cluster,
                "the cluster to take " + peerUrl,
                members -> find(members, peerUrl).isPresent(),
                (stub, members) -> {
                    MemberAddResponse unused = stub.memberAdd(request);
                });
        Await.until(
                "all members to know of " + peerUrl,
                Cluster.PATIENCE,
                () -> cluster.running().stream().allMatch(node -> knows(node, peerUrl)));
        return all;
    }

    /** Removes the member at a URL; returns all members then. */
    public static List<Member> remove(Cluster cluster, String peerUrl) {
        return insist(
                cluster,
                "the cluster to let " + peerUrl + " go",
                members -> find(members, peerUrl).isEmpty(),
                (stub, members) -> {
                    MemberRemoveRequest request = MemberRemoveRequest.newBuilder()
                            .setID(find(members, peerUrl).orElseThrow().getID())
                            .build();
                    MemberRemoveResponse unused = stub.memberRemove(request);
                });
    }

    /** What a new member has to be told of the others; the one without a name yet is itself. */
    public static String initialCluster(List<Member> members, String newName) {
        return members.stream()
                .flatMap(member -> member.getPeerURLsList().stream()
                        .map(url -> (member.getName().isEmpty() ? newName : member.getName()) + "=" + url))
                .collect(Collectors.joining(","));
    }

    private static Optional<Member> find(List<Member> members, String peerUrl) {
        return members.stream()
                .filter(member -> member.getPeerURLsList().contains(peerUrl))
                .findFirst();
    }

    /** Whether a member has come so far itself. */
    private static boolean knows(Node node, String peerUrl) {
        try {
            return find(
                            node.client()
                                    .cluster()
                                    .memberList(MemberListRequest.getDefaultInstance())
                                    .getMembersList(),
                            peerUrl)
                    .isPresent();
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    @FunctionalInterface
    private interface Change {
        void make(ClusterBlockingStub stub, List<Member> members);
    }

    private static List<Member> insist(Cluster cluster, String what, Predicate<List<Member>> done, Change change) {
        AtomicReference<String> refusal = new AtomicReference<>("none");
        // Each time another one: whoever is asked may be the one that has just been removed.
        AtomicInteger attempts = new AtomicInteger();
        try {
            return Await.value(what, Cluster.PATIENCE, PAUSE, () -> {
                List<Node> running = cluster.running();
                Node node = running.get(attempts.getAndIncrement() % running.size());
                ClusterBlockingStub stub = node.client().cluster();
                try {
                    List<Member> members = list(stub);
                    if (done.test(members)) {
                        return Optional.of(members);
                    }
                    change.make(stub, members);
                } catch (StatusRuntimeException e) {
                    refusal.set(node + ": " + e.getStatus());
                }
                return Optional.empty();
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; last refusal: " + refusal, e);
        }
    }

    private static List<Member> list(ClusterBlockingStub stub) {
        return stub.memberList(
                        MemberListRequest.newBuilder().setLinearizable(true).build())
                .getMembersList();
    }
}
