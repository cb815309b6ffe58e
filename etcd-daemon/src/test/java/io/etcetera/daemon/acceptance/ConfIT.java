package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.Certificates;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.LoggedProcess;
import io.etcetera.daemon.testing.NotifySocket;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file in conf/ starts what it is for, with nothing changed but ports and places. */
class ConfIT {
    private static final int SIGTERM_STATUS = 143;
    private static final ByteString KEY = ByteString.copyFromUtf8("key");

    @TempDir
    Path directory;

    private final List<LoggedProcess> started = new ArrayList<>();
    private RelocatedConf conf;

    @BeforeEach
    void relocate() throws IOException {
        conf = new RelocatedConf(directory);
    }

    @AfterEach
    void stop() {
        started.forEach(LoggedProcess::close);
        conf.close();
    }

    private LoggedProcess start(Map<String, String> environment, List<String> command) throws IOException {
        Path log = directory.resolve("log" + started.size());
        LoggedProcess process = LoggedProcess.start(directory, environment, command, log);
        started.add(process);
        return process;
    }

    private static void put(int port, String value) {
        try (GrpcClient client = new GrpcClient(port)) {
            var unused = client.kv()
                    .put(PutRequest.newBuilder()
                            .setKey(KEY)
                            .setValue(ByteString.copyFromUtf8(value))
                            .build());
        }
    }

    private static String get(int port) {
        try (GrpcClient client = new GrpcClient(port)) {
            return client.kv()
                    .range(RangeRequest.newBuilder().setKey(KEY).build())
                    .getKvs(0)
                    .getValue()
                    .toStringUtf8();
        }
    }

    @Test
    void theConfigurationFileStartsAMember() throws Exception {
        // Without a name of its own, a member takes itself to be at the usual ports.
        Path file = conf.place("etcd.yaml");
        Files.writeString(file, Files.readString(file).replace("name: default", "name: single"));
        start(Map.of(), List.of("bin/etcd", "--config-file", "conf/etcd.yaml")).awaitReady();

        put(conf.port(2379), "v");
        assertThat(get(conf.port(2379))).isEqualTo("v");
        assertThat(directory.resolve("single.etcd/member")).isDirectory();
    }

    @Test
    void theProcfileStartsThreeMembersOfOneCluster() throws Exception {
        for (String line : conf.settings("Procfile")) {
            start(Map.of(), List.of("sh", "-c", "exec " + line.substring(line.indexOf(':') + 1)));
        }
        assertThat(started).hasSize(3);
        for (LoggedProcess member : started) {
            member.awaitReady();
        }

        put(conf.port(12379), "v");
        assertThat(get(conf.port(22379))).isEqualTo("v");
        assertThat(get(conf.port(32379))).isEqualTo("v");
    }

    @Test
    void theUnitStartsAMemberAndSystemdLearnsWhenItServes() throws Exception {
        Files.writeString(directory.resolve("default"), conf.relocated("""
                # Read by the unit.
                ETCD_LISTEN_CLIENT_URLS=http://127.0.0.1:2379
                ETCD_ADVERTISE_CLIENT_URLS=http://127.0.0.1:2379
                ETCD_LISTEN_PEER_URLS=http://127.0.0.1:2380
                """));
        SystemdUnit unit = new SystemdUnit(conf.settings("systemd/etcd.service"));
        String socket = directory.resolve("notify").toString();
        assertThat(unit.values("Type")).containsExactly("notify");
        try (NotifySocket init = new NotifySocket(socket)) {
            Map<String, String> environment = unit.environment("host");
            environment.put("NOTIFY_SOCKET", socket);
            LoggedProcess member = start(environment, unit.command());

            assertThat(init.next()).isEqualTo("READY=1");
            put(conf.port(2379), "v");
            assertThat(directory.resolve("data/default/member")).isDirectory();
            assertThat(member.log()).contains("\"name\":\"host\"").doesNotContain("unrecognized environment variable");
            member.process().destroy();
            assertThat(member.process().waitFor()).isEqualTo(SIGTERM_STATUS);
        }
    }

    @Test
    void systemdFindsNothingWrongWithTheUnit() throws Exception {
        Path tool = Path.of("/usr/bin/systemd-analyze");
        assumeTrue(Files.isExecutable(tool), "there is no systemd-analyze here");
        String unit = conf.place("systemd/etcd.service").toString();

        String findings = ServerProcess.run(directory, List.of(), tool.toString(), "verify", "--man=no", unit);
        assertThat(findings.lines().filter(line -> line.contains("etcd.service")))
                .isEmpty();
    }

    @Test
    void theStaticPodServesWhatKubeadmAsksFor() throws Exception {
        Path pki = Files.createDirectories(directory.resolve("pki"));
        Certificates certificates = Certificates.in(directory.resolve("made"));
        for (String kind : List.of("crt", "key")) {
            Files.copy(Path.of(certificates.file("ca." + kind)), pki.resolve("ca." + kind));
            Files.copy(Path.of(certificates.file("server." + kind)), pki.resolve("server." + kind));
            Files.copy(Path.of(certificates.file("server." + kind)), pki.resolve("peer." + kind));
        }
        StaticPod pod = StaticPod.read(conf.place("kubeadm/etcd.yaml"));
        assertThat(pod.command().get(0)).isEqualTo("etcd");
        List<String> command = new ArrayList<>(pod.command());
        command.set(0, "bin/etcd");
        start(Map.of(), command).awaitReady();

        assertThat(directory.resolve("data/member")).isDirectory();
        HttpClient http = HttpClient.newHttpClient();
        assertThat(pod.probes()).hasSize(3);
        for (URI probe : pod.probes()) {
            var answer = http.send(HttpRequest.newBuilder(probe).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(probe + ": " + answer.body()).isEqualTo(200);
        }
    }
}
