package io.etcetera.server.testing.cluster;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.net.FreePorts;
import io.etcetera.server.testing.cluster.TestMember.InitialMembers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster whose members run in this JVM, each with ports, clock and directory of its own.
 *
 * <pre>{@code
 * try (TestCluster cluster = TestCluster.of(3).in(directory).start()) {
 *     Node leader = cluster.awaitLeader();
 *     cluster.network().partition(leader).from(cluster.others(leader));
 *     cluster.awaitLeaderAmong(cluster.others(leader));
 * }
 * }</pre>
 *
 * <p>Elections are quick, yet slow enough for a machine that is busy with other things.
 */
public final class TestCluster implements Cluster {
    private static final Duration ELECTION_TIMEOUT = Duration.ofMillis(500);
    private static final Duration HEARTBEAT = Duration.ofMillis(50);

    private final Path directory;
    private final UnaryOperator<EtcdConfig.Builder> options;
    private final FreePorts ports = new FreePorts();
    private final TestNetwork network = new TestNetwork();
    private final List<TestMember> members = new CopyOnWriteArrayList<>();
    private int born;

    private TestCluster(Path directory, UnaryOperator<EtcdConfig.Builder> options) {
        this.directory = directory;
        this.options = options;
    }

    /** Begins to describe a cluster. */
    public static Plan of(int size) {
        return new Plan(size, UnaryOperator.identity());
    }

    /** What a cluster is to be like. */
    public record Plan(int size, UnaryOperator<EtcdConfig.Builder> options) {
        /** Changes each member's configuration, from etcd's defaults with a short election timeout. */
        public Plan with(UnaryOperator<EtcdConfig.Builder> change) {
            return new Plan(size, builder -> change.apply(options.apply(builder)));
        }

        /** Says where the members' directories are to be made. */
        public Located in(Path directory) {
            return new Located(this, directory);
        }
    }

    /** A plan, and where. */
    public record Located(Plan plan, Path directory) {
        /** Starts all members, and waits until they serve clients. */
        public TestCluster start() {
            TestCluster cluster = prepare();
            try {
                cluster.members.forEach(TestMember::start);
                cluster.members.forEach(TestMember::awaitStarted);
                return cluster;
            } catch (Throwable e) {
                cluster.close();
                throw e;
            }
        }

        /** Makes the cluster, and starts nobody. */
        public TestCluster prepare() {
            TestCluster cluster = new TestCluster(directory, plan.options);
            List<TestMember> founders = IntStream.range(0, plan.size)
                    .mapToObj(i -> cluster.newMember())
                    .toList();
            String initial = founders.stream()
                    .map(member -> member.name() + "=" + member.peerUrl())
                    .collect(Collectors.joining(","));
            founders.forEach(member -> member.joins(new InitialMembers(initial, false)));
            cluster.members.addAll(founders);
            return cluster;
        }
    }

    private TestMember newMember() {
        String name = "m" + born++;
        return new TestMember(
                name,
                directory.resolve(name),
                "http://127.0.0.1:" + ports.next(),
                "http://127.0.0.1:" + ports.next(),
                new InitialMembers("", false),
                builder ->
                        options.apply(builder.electionTimeout(ELECTION_TIMEOUT).heartbeatInterval(HEARTBEAT)),
                network);
    }

    /** A member by its place, from 0. */
    public TestMember member(int index) {
        return members.get(index);
    }

    /** All members, with what only members of this JVM have. */
    public List<TestMember> members() {
        return List.copyOf(members);
    }

    @Override
    public List<Node> nodes() {
        return List.copyOf(members);
    }

    @Override
    public Network network() {
        return network;
    }

    @Override
    public Duration electionTimeout() {
        return options.apply(EtcdConfig.builder().electionTimeout(ELECTION_TIMEOUT))
                .build()
                .electionTimeout();
    }

    @Override
    public TestMember grow() {
        TestMember member = newMember();
        List<Member> all = MemberChanges.add(this, member.peerUrl());
        all.stream()
                .filter(added -> added.getPeerURLsList().contains(member.peerUrl()))
                .forEach(added -> network.introduce(added.getID(), member.name()));
        member.joins(new InitialMembers(MemberChanges.initialCluster(all, member.name()), true));
        members.add(member);
        member.start();
        return member;
    }

    @Override
    public void shrink(Node node) {
        TestMember member = (TestMember) node;
        MemberChanges.remove(this, member.peerUrl());
        // It stops by itself, and not before the others can do without it.
        Await.until(
                member + " to stop",
                PATIENCE,
                () -> !member.isRunning() || member.failure().isPresent());
        members.remove(member);
        member.dispose();
        member.wipe();
    }

    @Override
    public void close() {
        network.heal();
        members.forEach(TestMember::dispose);
        ports.close();
    }
}
