package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.Certificates;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of a new cluster find each other in a stock etcd, as stock members do and beside them. */
class DiscoveryIT {
    private static final Pattern JOINED =
            Pattern.compile("\"msg\":\"discovery joined cluster successfully\".*\"cluster\":\"([^\"]*)\"");
    private static final Pattern LAST_WORDS = Pattern.compile(
            "\"level\":\"(?:fatal|warn)\".*\"msg\":\"(failed to bootstrap[^\"]*|do not reuse[^\"]*|discovery failed|failed to"
                    + " verify flags)\".*?(\"error\":\"(?:[^\"\\\\]|\\\\.)*\")?}");
    private static final long EXIT_SECONDS = 120;

    @TempDir
    static Path directory;

    private static ServerProcess service;

    @BeforeAll
    static void startService() throws Exception {
        service = ServerProcess.start(Tools.stock("etcd"), directory.resolve("service"));
    }

    @AfterAll
    static void stopService() {
        if (service != null) {
            service.close();
        }
    }

    private static void setSize(String token, String size) {
        try (GrpcClient client = new GrpcClient(service)) {
            client.kv()
                    .put(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("/_etcd/registry/" + token + "/_config/size"))
                            .setValue(ByteString.copyFromUtf8(size))
                            .build());
        }
    }

    private static ServerProcess launch(Path program, String name, String token, String... more) throws IOException {
        List<String> flags = new ArrayList<>(List.of(
                "--name=" + name,
                "--initial-cluster=",
                "--discovery-token=" + token,
                "--discovery-dial-timeout=60s",
                "--discovery-request-timeout=60s",
                "--discovery-endpoints=http://" + service.endpoint()));
        flags.addAll(Arrays.asList(more));
        return ServerProcess.launchOnly(program, directory.resolve(token + "-" + name), flags.toArray(String[]::new));
    }

    /** What a member has come to know of its cluster. */
    private static String joined(ServerProcess member) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(EXIT_SECONDS);
        while (true) {
            Matcher matcher = JOINED.matcher(member.log());
            if (matcher.find()) {
                return matcher.group(1);
            }
            assertThat(member.isAlive()).as(member.log()).isTrue();
            assertThat(System.nanoTime()).as(member.log()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static List<Member> members(ServerProcess server) {
        try (GrpcClient client = new GrpcClient(server)) {
            return ClusterGrpc.newBlockingStub(client.channel())
                    // Linearizable: a member that is ready may not have heard yet what the others are called.
                    .memberList(
                            MemberListRequest.newBuilder().setLinearizable(true).build())
                    .getMembersList();
        }
    }

    @Test
    void threeFindEachOtherAndAFourthIsTurnedAway() throws Exception {
        setSize("three", "3");
        try (ServerProcess a = launch(Tools.ourEtcd(), "a", "three");
                ServerProcess b = launch(Tools.ourEtcd(), "b", "three");
                ServerProcess c = launch(Tools.ourEtcd(), "c", "three")) {
            a.awaitReady();
            b.awaitReady();
            c.awaitReady();
            assertThat(members(a)).extracting(Member::getName).containsExactlyInAnyOrder("a", "b", "c");
            assertThat(members(b)).containsExactlyInAnyOrderElementsOf(members(c));
            assertThat(lastWords(Tools.ourEtcd(), "d", "three"))
                    .isEqualTo(lastWords(Tools.stock("etcd"), "e", "three"))
                    .contains("discovery: cluster is full", "exit status 1");

            a.terminate();
            a.relaunch();
            a.awaitReady();
            assertThat(a.log()).contains("discovery token is ignored since cluster already initialized");
        }
    }

    /** They cannot make a cluster, but they agree on who would be in it, whoever comes first. */
    @Test
    void membersOfBothServersReadTheSame() throws Exception {
        setSize("mixed", "3");
        try (ServerProcess ours = launch(Tools.ourEtcd(), "ours", "mixed");
                ServerProcess stock = launch(Tools.stock("etcd"), "stock", "mixed");
                ServerProcess third = launch(Tools.ourEtcd(), "third", "mixed")) {
            assertThat(joined(ours))
                    .isEqualTo(joined(stock))
                    .isEqualTo(joined(third))
                    .contains("ours=http://", "stock=http://", "third=http://");
        }
    }

    @Test
    void aTokenIsPreparedFirst() throws Exception {
        setSize("bad", "three");
        for (String token : List.of("bad", "unknown")) {
            assertThat(lastWords(Tools.ourEtcd(), "a", token))
                    .isEqualTo(lastWords(Tools.stock("etcd"), "b", token))
                    .contains("discovery: size key ", "exit status 1");
        }
    }

    /** The last lines of a member that does not start, and its exit status. */
    private static String lastWords(Path program, String name, String token, String... flags) throws Exception {
        try (ServerProcess server = launch(program, name, token, flags)) {
            int status = server.awaitExit(EXIT_SECONDS);
            StringBuilder words = new StringBuilder();
            Matcher matcher = LAST_WORDS.matcher(server.log());
            while (matcher.find()) {
                words.append(matcher.group(1))
                        .append(' ')
                        .append(matcher.group(2))
                        .append('\n');
            }
            return words.append("exit status ").append(status).toString();
        }
    }

    @Test
    void theServiceMayAskForCertificatesAndPasswords() throws Exception {
        Certificates certificates = Certificates.in(directory.resolve("pki"));
        try (ServerProcess guarded = ServerProcess.start(
                Tools.stock("etcd"),
                directory.resolve("guarded"),
                "--cert-file=" + certificates.file("server.crt"),
                "--key-file=" + certificates.file("server.key"),
                "--trusted-ca-file=" + certificates.file("ca.crt"))) {
            etcdctl(guarded, certificates, "put", "/_etcd/registry/guarded/_config/size", "1");
            etcdctl(guarded, certificates, "user", "add", "root:secret");
            etcdctl(guarded, certificates, "user", "grant-role", "root", "root");
            etcdctl(guarded, certificates, "auth", "enable");
            String[] credentials = {
                "--discovery-endpoints=https://" + guarded.endpoint(),
                "--discovery-cacert=" + certificates.file("ca.crt"),
                "--discovery-cert=" + certificates.file("client.crt"),
                "--discovery-key=" + certificates.file("client.key"),
                "--discovery-user=root",
                "--discovery-password=secret"
            };
            String[] wrong = credentials.clone();
            wrong[wrong.length - 1] = "--discovery-password=wrong";
            assertThat(lastWords(Tools.ourEtcd(), "a", "guarded", wrong))
                    .isEqualTo(lastWords(Tools.stock("etcd"), "b", "guarded", wrong))
                    .contains("etcdserver: authentication failed, invalid user ID or password");
            String[] nowhere = credentials.clone();
            nowhere[1] = "--discovery-cacert=/nope.crt";
            assertThat(lastWords(Tools.ourEtcd(), "c", "guarded", nowhere))
                    .isEqualTo(lastWords(Tools.stock("etcd"), "d", "guarded", nowhere))
                    .contains("exit status 1");
            try (ServerProcess member = launch(Tools.ourEtcd(), "e", "guarded", credentials)) {
                member.awaitReady();
                assertThat(members(member)).extracting(Member::getName).containsExactly("e");
            }
        }
    }

    private static void etcdctl(ServerProcess server, Certificates certificates, String... words)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(Tools.stock("etcdctl").toString(), "--endpoints=https://" + server.endpoint()));
        command.addAll(Arrays.asList(words));
        assertThat(ServerProcess.run(directory, certificates.etcdctlEnvironment(), command.toArray(String[]::new)))
                .doesNotContain("exit status");
    }
}
