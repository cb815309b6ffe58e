package io.etcetera.server.testing.fault;

import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.CompactionResponse;
import io.etcetera.proto.etcdserverpb.MoveLeaderRequest;
import io.etcetera.proto.etcdserverpb.MoveLeaderResponse;
import io.etcetera.proto.etcdserverpb.StatusResponse;
import io.etcetera.server.testing.cluster.Cluster;
import io.etcetera.server.testing.cluster.Network.Trouble;
import io.etcetera.server.testing.cluster.Node;
import io.etcetera.server.testing.cluster.TestMember;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Faults that clusters of all kinds know, and those of members in this JVM. */
public final class Faults {
    private static final int FEWEST_MEMBERS = 3;
    private static final int MOST_MEMBERS = 5;

    private Faults() {}

    /** Ends of members, one or several, with and without warning. */
    public static List<Fault> ofMembers() {
        return List.of(
                Fault.of(
                        "kill the leader",
                        (cluster, workload, random) -> leader(cluster).kill()),
                Fault.of(
                        "kill a member",
                        (cluster, workload, random) -> someone(cluster, random).kill()),
                Fault.of(
                        "stop a member",
                        (cluster, workload, random) -> someone(cluster, random).stop()),
                Fault.of("kill most members", (cluster, workload, random) -> {
                    List<Node> shuffled = shuffled(cluster, random);
                    shuffled.subList(0, shuffled.size() / 2 + 1).forEach(Node::kill);
                }),
                Fault.of("restart all members", (cluster, workload, random) -> {
                    List<Node> all = cluster.running();
                    all.forEach(Node::kill);
                    all.forEach(Node::start);
                }));
    }

    /** What the cluster's network can do. */
    public static List<Fault> ofNetwork(Cluster cluster) {
        List<Fault> faults = new ArrayList<>();
        if (cluster.network().can(Trouble.CUT)) {
            faults.add(Fault.of("isolate the leader", (all, workload, random) -> isolate(all, leader(all))));
            faults.add(Fault.of("isolate a member", (all, workload, random) -> isolate(all, someone(all, random))));
            faults.add(Fault.of("split the cluster", (all, workload, random) -> {
                List<Node> shuffled = shuffled(all, random);
                int half = shuffled.size() / 2;
                for (Node here : shuffled.subList(0, half)) {
                    all.network().partition(here).from(shuffled.subList(half, shuffled.size()));
                }
            }));
            faults.add(Fault.of("silence one way", (all, workload, random) -> {
                List<Node> shuffled = shuffled(all, random);
                all.network().silence(shuffled.get(0), shuffled.get(1));
            }));
            faults.add(Fault.of("part two members", (all, workload, random) -> {
                List<Node> shuffled = shuffled(all, random);
                all.network().partition(shuffled.get(0)).from(shuffled.get(1));
            }));
        }
        if (cluster.network().can(Trouble.DELAY)) {
            faults.add(Fault.of("delay everything", (all, workload, random) -> {
                int millis = 1 + random.nextInt((int) all.electionTimeout().toMillis());
                everywhere(all, (from, to) -> all.network().delay(from, to, Duration.ofMillis(millis)));
            }));
        }
        if (cluster.network().can(Trouble.LOSS)) {
            faults.add(Fault.of("lose messages", (all, workload, random) -> {
                double share = random.nextDouble() * 0.02;
                everywhere(all, (from, to) -> all.network().lose(from, to, share));
            }));
        }
        return faults;
    }

    /** What an operator does; not faults, but bad enough when something else goes wrong. */
    public static List<Fault> ofOperation() {
        return List.of(
                Fault.of("move the leader", Faults::moveLeader),
                Fault.of("compact", Faults::compact),
                Fault.alone("replace a member", (cluster, workload, random) -> {
                    cluster.shrink(someone(cluster, random));
                    Node unused = cluster.grow();
                }),
                Fault.alone("add or remove a member", (cluster, workload, random) -> {
                    int size = cluster.nodes().size();
                    if (size == FEWEST_MEMBERS || (size < MOST_MEMBERS && random.nextBoolean())) {
                        Node unused = cluster.grow();
                    } else {
                        cluster.shrink(someone(cluster, random));
                    }
                }));
    }

    /** Of members in this JVM. */
    public static List<Fault> ofClocks() {
        return List.of(Fault.of("set a clock", (cluster, workload, random) -> {
            if (someone(cluster, random) instanceof TestMember member) {
                member.clock().jump(Duration.ofSeconds(random.nextInt(7200) - 3600));
            }
        }));
    }

    private static void moveLeader(Cluster cluster, Workload workload, Random random) {
        Node from = leader(cluster);
        Optional<Long> to = someone(cluster, random)
                .client()
                .status()
                .map(status -> status.getHeader().getMemberId());
        try {
            MoveLeaderResponse unused = from.client()
                    .maintenance()
                    .moveLeader(MoveLeaderRequest.newBuilder()
                            .setTargetID(to.orElse(0L))
                            .build());
        } catch (StatusRuntimeException e) {
            // It may well fail while something else is broken.
        }
    }

    private static void compact(Cluster cluster, Workload workload, Random random) {
        long revision = workload.lowestAwaitedRevision() - 1;
        try {
            CompactionResponse unused = someone(cluster, random)
                    .client()
                    .kv(Duration.ofSeconds(5))
                    .compact(
                            CompactionRequest.newBuilder().setRevision(revision).build());
        } catch (StatusRuntimeException e) {
            // It may well fail while something else is broken.
        }
    }

    private static void isolate(Cluster cluster, Node node) {
        cluster.network().partition(node).from(cluster.others(node));
    }

    @FunctionalInterface
    private interface Way {
        void disturb(Node from, Node to);
    }

    private static void everywhere(Cluster cluster, Way way) {
        for (Node from : cluster.nodes()) {
            cluster.others(from).forEach(to -> way.disturb(from, to));
        }
    }

    /** Who leads by its own account, or somebody if nobody does. */
    private static Node leader(Cluster cluster) {
        return cluster.running().stream()
                .filter(node -> node.client().status().filter(Faults::leads).isPresent())
                .findFirst()
                .orElse(cluster.nodes().get(0));
    }

    private static boolean leads(StatusResponse status) {
        return status.getLeader() == status.getHeader().getMemberId();
    }

    private static Node someone(Cluster cluster, Random random) {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private static List<Node> shuffled(Cluster cluster, Random random) {
        List<Node> nodes = new ArrayList<>(cluster.nodes());
        Collections.shuffle(nodes, random);
        return nodes;
    }
}
