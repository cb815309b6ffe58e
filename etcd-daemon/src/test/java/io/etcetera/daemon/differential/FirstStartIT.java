package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ClusterProcesses;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberListResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First starts beside stock etcd: IDs, and the words and status with which a member refuses to start. */
class FirstStartIT {
    private static final Pattern LAST_ERROR =
            Pattern.compile("\"msg\":\"([^\"]*)\".*?\"error\":\"((?:\\\\.|[^\"\\\\])*)\"");
    private static final Pattern NAME_SERVER = Pattern.compile(" on [^ ]+:53: ");
    private static final String SELF = ClusterProcesses.url(ServerProcess.freePort());

    @TempDir
    private Path directory;

    /** How a start ended. */
    private record Refusal(int status, String message, String error) {}

    private Refusal refusal(Path program, Path data, List<String> flags) throws Exception {
        List<String> all = new java.util.ArrayList<>(
                List.of("--name=b", "--listen-peer-urls=" + SELF, "--initial-advertise-peer-urls=" + SELF));
        all.addAll(flags);
        try (ServerProcess server = ServerProcess.launchOnly(program, data, all.toArray(String[]::new))) {
            int status = server.awaitExit(120);
            Matcher last = LAST_ERROR.matcher(server.log()
                    .lines()
                    .filter(line -> line.contains("\"error\":"))
                    .reduce((one, other) -> other)
                    .orElse(""));
            assertThat(last.find()).as(server.log()).isTrue();
            return new Refusal(
                    status, last.group(1), NAME_SERVER.matcher(last.group(2)).replaceAll(" on DNS:53: "));
        }
    }

    private void compare(List<String> flags) throws Exception {
        Refusal stock = refusal(Tools.stock("etcd"), directory.resolve("stock"), flags);
        Refusal ours = refusal(Tools.ourEtcd(), directory.resolve("ours"), flags);
        assertThat(ours).isEqualTo(stock);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--initial-cluster=a=http://127.0.0.1:1",
                "--initial-cluster=",
                "--initial-cluster=a=http://127.0.0.1:1,b=http://127.0.0.1:41581",
                "--initial-cluster=b=SELF,b=http://127.0.0.1:41581",
                "--initial-cluster=a=SELF,b=SELF",
                "--initial-cluster=a=http://127.0.0.1,b=SELF",
                "--initial-cluster=a=127.0.0.1:1,b=SELF",
                "--initial-cluster=a=http://127.0.0.1:1,b=SELF --initial-cluster-state=existing",
                "--initial-cluster=b=SELF --initial-cluster-state=existing",
                "--initial-cluster=a=http://127.0.0.1:1 --initial-cluster-state=existing",
                "--initial-cluster=a=http://127.0.0.1:1,b=http://127.0.0.1:1 --initial-cluster-state=existing",
                "--initial-cluster=a=http://127.0.0.1:1 --discovery-srv=example.invalid",
                "--initial-cluster= --discovery-srv=example.invalid",
                "--initial-cluster= --discovery-srv=example.invalid --discovery-srv-name=x",
                "--initial-cluster= --discovery-endpoints=http://127.0.0.1:1",
                "--initial-cluster= --discovery-token=x",
                "--initial-cluster=a=http://127.0.0.1:1 --discovery-token=x --discovery-endpoints=http://127.0.0.1:1",
            })
    void refusesInTheSameWords(String flags) throws Exception {
        compare(List.of(flags.replace("SELF", SELF).split(" ", -1)));
    }

    @Test
    void refusesToJoinAClusterOfOtherMembers() throws Exception {
        List<Integer> ports = ClusterProcesses.freePorts(1);
        String other = "m0=" + ClusterProcesses.url(ports.get(0));
        List<String> unequal = List.of("--initial-cluster-state=existing", "--initial-cluster=b=" + SELF + "," + other);
        Refusal stock;
        try (ClusterProcesses cluster =
                ClusterProcesses.start(Tools.stock("etcd"), directory.resolve("c-stock"), ports)) {
            stock = withoutClientPort(
                    refusal(Tools.stock("etcd"), directory.resolve("stock"), unequal), cluster.member(0));
        }
        try (ClusterProcesses cluster = ClusterProcesses.start(Tools.ourEtcd(), directory.resolve("c-ours"), ports)) {
            Refusal ours =
                    withoutClientPort(refusal(Tools.ourEtcd(), directory.resolve("ours"), unequal), cluster.member(0));
            assertThat(ours).isEqualTo(stock);
        }
    }

    private static Refusal withoutClientPort(Refusal refusal, ServerProcess member) {
        return new Refusal(refusal.status(), refusal.message(), refusal.error().replace(member.endpoint(), "CLIENT"));
    }

    @Test
    void givesTheSameIds() throws Exception {
        List<Integer> ports = ClusterProcesses.freePorts(3);
        MemberListResponse stock = members(Tools.stock("etcd"), "c-stock", ports);
        MemberListResponse ours = members(Tools.ourEtcd(), "c-ours", ports);

        assertThat(ours.getHeader().getClusterId()).isEqualTo(stock.getHeader().getClusterId());
        assertThat(ours.getMembersList())
                .extracting(Member::getID, Member::getName, Member::getPeerURLsList)
                .isEqualTo(stock.getMembersList().stream()
                        .map(member -> org.assertj.core.groups.Tuple.tuple(
                                member.getID(), member.getName(), member.getPeerURLsList()))
                        .toList());
    }

    private MemberListResponse members(Path program, String name, List<Integer> ports) throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.start(program, directory.resolve(name), ports);
                GrpcClient client = new GrpcClient(cluster.member(2))) {
            return ClusterGrpc.newBlockingStub(client.channel())
                    .memberList(
                            MemberListRequest.newBuilder().setLinearizable(true).build());
        }
    }

    @Test
    void refusesAMemberThatHasLostItsData() throws Exception {
        List<Integer> ports = ClusterProcesses.freePorts(3);
        assertThat(lostMember(Tools.ourEtcd(), "c-ours", ports))
                .isEqualTo(lostMember(Tools.stock("etcd"), "c-stock", ports));
    }

    private Refusal lostMember(Path program, String name, List<Integer> ports) throws Exception {
        try (ClusterProcesses cluster = ClusterProcesses.start(program, directory.resolve(name), ports)) {
            cluster.member(2).terminate();
            String url = ClusterProcesses.url(ports.get(2));
            return refusal(
                    program,
                    directory.resolve(name + "-again"),
                    List.of(
                            "--name=m2",
                            "--listen-peer-urls=" + url,
                            "--initial-advertise-peer-urls=" + url,
                            "--initial-cluster=" + cluster.initialCluster()));
        }
    }
}
