package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.ClusterProcesses;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberAddRequest;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.testing.cluster.Await;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clusters of several processes: first starts, restarts, losses. */
class ClusterIT {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");
    private static final int SIGTERM_STATUS = 143;

    @TempDir
    private Path directory;

    private ClusterProcesses threeMembers() throws Exception {
        return ClusterProcesses.start(Tools.ourEtcd(), directory, ClusterProcesses.freePorts(3));
    }

    private static void put(ServerProcess server, String value) {
        PutRequest request = PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(ByteString.copyFromUtf8(value))
                .build();
        try (GrpcClient client = new GrpcClient(server)) {
            answered(() -> client.kv().put(request));
        }
    }

    /** Asks again while there is no leader, or another one than there was, as clients do. */
    private static <T> T answered(Supplier<T> call) {
        return Await.answer(
                "an answer", Duration.ofMinutes(1), e -> e.getStatus().getCode() == Status.Code.UNAVAILABLE, call);
    }

    /** Linearizable, so it is what was put last, whoever is asked. */
    private static String get(ServerProcess server) {
        try (GrpcClient client = new GrpcClient(server)) {
            RangeRequest request = RangeRequest.newBuilder().setKey(KEY).build();
            List<KeyValue> found = answered(() -> client.kv().range(request)).getKvsList();
            return found.isEmpty() ? "" : found.get(0).getValue().toStringUtf8();
        }
    }

    private static List<Member> members(ServerProcess server) {
        try (GrpcClient client = new GrpcClient(server)) {
            MemberListRequest request =
                    MemberListRequest.newBuilder().setLinearizable(true).build();
            return answered(() -> ClusterGrpc.newBlockingStub(client.channel()).memberList(request))
                    .getMembersList();
        }
    }

    @Test
    void whatOneTakesAllHave() throws Exception {
        try (ClusterProcesses cluster = threeMembers()) {
            for (ServerProcess writer : cluster.members()) {
                String value = "from " + writer.pid();
                put(writer, value);
                for (ServerProcess reader : cluster.members()) {
                    assertThat(get(reader)).isEqualTo(value);
                }
            }
            assertThat(members(cluster.member(0)))
                    .extracting(Member::getName)
                    .containsExactlyInAnyOrder("m0", "m1", "m2");
        }
    }

    @Test
    void eachMayBeRestartedOrKilled() throws Exception {
        try (ClusterProcesses cluster = threeMembers()) {
            for (ServerProcess member : cluster.members()) {
                put(member, "before " + member.pid());
                member.terminate();
                ServerProcess other = cluster.members().stream()
                        .filter(ServerProcess::isAlive)
                        .findFirst()
                        .orElseThrow();
                put(other, "without " + member.pid());
                member.restart();
                assertThat(get(member)).startsWith("without ");
            }
            cluster.member(1).kill();
            put(cluster.member(2), "after a kill");
            cluster.member(1).restart();
            assertThat(get(cluster.member(1))).isEqualTo("after a kill");
        }
    }

    @Test
    void allMayBeKilledAtOnce() throws Exception {
        try (ClusterProcesses cluster = threeMembers()) {
            put(cluster.member(0), "kept");
            for (ServerProcess member : cluster.members()) {
                member.kill();
            }
            for (ServerProcess member : cluster.members()) {
                member.relaunch();
            }
            cluster.awaitReady();
            assertThat(get(cluster.member(2))).isEqualTo("kept");
        }
    }

    @Test
    void aMemberAloneLetsClientsWaitAndStopsWhenTold() throws Exception {
        try (ClusterProcesses cluster =
                new ClusterProcesses(Tools.ourEtcd(), directory, ClusterProcesses.freePorts(3))) {
            ServerProcess alone = cluster.launchNext();
            awaitLog(alone, "failed to publish local member to cluster through raft");
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), alone.clientPort())) {
                client.setSoTimeout(300);
                client.getOutputStream().write("GET /health HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(org.assertj.core.api.Assertions.catchThrowable(
                                () -> client.getInputStream().read()))
                        .isInstanceOf(SocketTimeoutException.class);
            }
            assertThat(alone.log())
                    .contains("\"publish-timeout\":\"7s\",\"error\":\"context deadline exceeded\"")
                    .doesNotContain("ready to serve client requests");
            assertThat(alone.terminate()).as("milliseconds to stop").isLessThan(1_500);
            assertThat(alone.awaitExit(0)).isEqualTo(SIGTERM_STATUS);

            alone.relaunch();
            cluster.launchNext();
            cluster.awaitReady();
            put(alone, "two of three");
            assertThat(get(cluster.member(1))).isEqualTo("two of three");
        }
    }

    @Test
    void oneOfThemCanGoOnAlone() throws Exception {
        try (ClusterProcesses cluster = threeMembers()) {
            put(cluster.member(0), "kept");
            assertThat(get(cluster.member(1))).isEqualTo("kept");
            long id = idOf(cluster.member(1), "m1");
            for (ServerProcess member : cluster.members()) {
                member.kill();
            }
            ServerProcess survivor = cluster.member(1);
            survivor.relaunchWith("--force-new-cluster");
            survivor.awaitReady();
            assertThat(get(survivor)).isEqualTo("kept");
            assertThat(members(survivor)).extracting(Member::getID).containsExactly(id);

            survivor.terminate();
            survivor.restart();
            put(survivor, "alone");
            assertThat(members(survivor)).extracting(Member::getID).containsExactly(id);
        }
    }

    @Test
    void anotherMemberJoins() throws Exception {
        try (ClusterProcesses cluster = threeMembers()) {
            put(cluster.member(0), "kept");
            int peerPort = ServerProcess.freePort();
            add(cluster.member(0), ClusterProcesses.url(peerPort));
            ServerProcess joining = cluster.launchJoining(peerPort);
            joining.awaitReady();
            assertThat(get(joining)).isEqualTo("kept");
            put(joining, "from the new one");
            assertThat(get(cluster.member(2))).isEqualTo("from the new one");

            joining.terminate();
            joining.restart();
            assertThat(members(joining))
                    .extracting(Member::getName)
                    .containsExactlyInAnyOrder("m0", "m1", "m2", "joining");
        }
    }

    /** Members have to have been connected for five seconds. */
    private static void add(ServerProcess server, String peerUrl) throws InterruptedException {
        MemberAddRequest request =
                MemberAddRequest.newBuilder().addPeerURLs(peerUrl).build();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (GrpcClient client = new GrpcClient(server)) {
            while (true) {
                try {
                    ClusterGrpc.newBlockingStub(client.channel()).memberAdd(request);
                    return;
                } catch (StatusRuntimeException e) {
                    if (!"etcdserver: unhealthy cluster".equals(e.getStatus().getDescription())
                            || System.nanoTime() > deadline) {
                        throw e;
                    }
                    Thread.sleep(200);
                }
            }
        }
    }

    private static long idOf(ServerProcess server, String name) {
        return members(server).stream()
                .filter(member -> member.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getID();
    }

    private static void awaitLog(ServerProcess server, String text) throws IOException, InterruptedException {
        for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
                !server.log().contains(text); ) {
            assertThat(System.nanoTime()).as(server.log()).isLessThan(deadline);
            assertThat(server.isAlive()).as(server.log()).isTrue();
            Thread.sleep(50);
        }
    }
}
