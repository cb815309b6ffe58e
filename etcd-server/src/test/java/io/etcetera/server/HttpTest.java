package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.testing.RawHttp;
import io.etcetera.server.testing.RawHttp.Answer;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a member answers over HTTP, on all of its ports. */
@Timeout(120)
class HttpTest {
    private static final long PATIENCE_MILLIS = 30_000;
    private static final String ANY_PORT = "http://127.0.0.1:0";

    @TempDir
    private static Path directory;

    private static Etcd etcd;

    @BeforeAll
    static void start() throws Exception {
        etcd = Etcd.start(config("shared", directory.resolve("socket"))
                .http(HttpConfig.DEFAULT
                        .withListenUrls(List.of(), List.of(URI.create(ANY_PORT)))
                        .withAccess(Set.of("http://pages.example:80"), Set.of("127.0.0.1", "known.example")))
                .build());
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    private static EtcdConfig.Builder config(String name, Path socket) {
        return EtcdConfig.builder()
                .dataDir(directory.resolve(name))
                .initialClusterToken(name)
                .listenClientUrls(List.of(URI.create(ANY_PORT), URI.create("unix://" + socket)))
                .listenPeerUrls(List.of(URI.create(ANY_PORT)))
                .advertiseClientUrls(List.of(URI.create(ANY_PORT)));
    }

    private static Answer get(String path, String... headers) throws IOException {
        return RawHttp.ask(etcd.clientUrls().get(0).toString(), "GET", path, new byte[0], withHost(headers));
    }

    private static String[] withHost(String... headers) {
        String[] all = new String[headers.length + 1];
        System.arraycopy(headers, 0, all, 1, headers.length);
        all[0] = "Host: 127.0.0.1:2379";
        return all;
    }

    private static Answer monitoring(String path) throws IOException {
        return RawHttp.ask(etcd.metricsUrls().get(0).toString(), "GET", path);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /health                           | 200 | {"health":"true","reason":""}
                    /health?serializable=true         | 200 | {"health":"true","reason":""}
                    /livez                            | 200 | ok;
                    /livez?verbose                    | 200 | [+]serializable_read ok;ok;
                    /readyz?verbose&exclude=non_learner&exclude=nothing | 200 | [+]data_corruption ok;[+]serializable_read ok;[+]linearizable_read ok;ok;
                    /readyz/linearizable_read?verbose | 200 | [+]linearizable_read ok;ok;
                    /readyz/nothing                   | 404 | 404 page not found;
                    /version                          | 200 | {"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}
                    /                                 | 404 | 404 page not found;
                    """)
    void answersGets(String path, int status, String text) throws Exception {
        Answer answer = get(path);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).isEqualTo(text.replace(';', '\n'));
    }

    @Test
    void tellsWhoOnlyWatchesAboutHealthAlone() throws Exception {
        assertThat(monitoring("/health").text()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
        assertThat(monitoring("/metrics").status()).isEqualTo(200);
        assertThat(monitoring("/version").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"/health", "/livez", "/readyz/non_learner", "/version"})
    void refusesOtherMethodsThanGet(String path) throws Exception {
        Answer answer = RawHttp.ask(etcd.clientUrls().get(0).toString(), "POST", path, new byte[0], withHost());

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("GET");
        assertThat(answer.text()).isEqualTo("Method Not Allowed\n");
    }

    @Test
    void isNotHealthyUnderAnAlarm() throws Exception {
        var maintenance = MaintenanceGrpc.newBlockingStub(etcd.channel());
        AlarmRequest.Builder corrupt = AlarmRequest.newBuilder().setAlarm(AlarmType.CORRUPT);
        maintenance.alarm(corrupt.setAction(AlarmRequest.AlarmAction.ACTIVATE).build());
        try {
            Answer health = get("/health");
            assertThat(health.status()).isEqualTo(503);
            assertThat(health.text()).isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM CORRUPT\"}\n");
            assertThat(get("/health?exclude=CORRUPT").status()).isEqualTo(200);
            assertThat(get("/livez").status()).isEqualTo(200);
            Answer ready = get("/readyz");
            assertThat(ready.status()).isEqualTo(503);
            assertThat(ready.text())
                    .startsWith("[-]data_corruption failed: alarm activated: CORRUPT\n")
                    .endsWith("\n\n");
        } finally {
            maintenance.alarm(
                    corrupt.setAction(AlarmRequest.AlarmAction.DEACTIVATE).build());
        }
    }

    @Test
    void letsInWhatTheListsName() throws Exception {
        Answer page = get("/version", "Origin: http://pages.example:80");
        assertThat(page.header("Access-Control-Allow-Origin")).isEqualTo("http://pages.example:80");
        assertThat(get("/version", "Origin: http://other.example:80").headers())
                .doesNotContainKey("access-control-allow-origin");

        String url = etcd.clientUrls().get(0).toString();
        assertThat(RawHttp.ask(url, "GET", "/version", new byte[0], "Host: known.example")
                        .status())
                .isEqualTo(200);
        Answer strange = RawHttp.ask(url, "GET", "/version", new byte[0], "Host: strange.example:1");
        assertThat(strange.status()).isEqualTo(421);
        assertThat(strange.text()).contains("etcd --host-whitelist \"strange.example\"");
    }

    @Test
    void followsAKeyThroughTheGateway() throws Exception {
        String url = etcd.clientUrls().get(0).toString();
        String body = "{\"create_request\":{\"key\":\"Zm9v\"}}";
        try (RawHttp watch = new RawHttp(url)) {
            watch.send("POST", "/v3/watch", body.getBytes(StandardCharsets.UTF_8), withHost());
            assertThat(watch.receive(false).status()).isEqualTo(200);
            assertThat(watch.chunk()).startsWith("{\"result\":{\"header\":{").endsWith("\"created\":true}}\n");

            byte[] put = "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}".getBytes(StandardCharsets.UTF_8);
            assertThat(RawHttp.ask(url, "POST", "/v3/kv/put", put, withHost()).status())
                    .isEqualTo(200);
            assertThat(watch.chunk())
                    .contains("\"events\":[{\"kv\":{\"key\":\"Zm9v\",")
                    .contains("\"value\":\"YmFy\"");
        }
    }

    @Test
    void answersTransactionsThatAreNestedDeeply() throws Exception {
        int depth = 120;
        byte[] body = ("{\"success\":[{\"request_txn\":".repeat(depth) + "{}" + "}]}".repeat(depth))
                .getBytes(StandardCharsets.UTF_8);
        Answer answer = RawHttp.ask(etcd.clientUrls().get(0).toString(), "POST", "/v3/kv/txn", body, withHost());

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.text().split("response_txn", -1)).hasSize(depth + 1);
    }

    @Test
    void redirectsToWhereThingsAre() throws Exception {
        assertThat(get("//livez/./x/..").header("Location")).isEqualTo("/livez");
        assertThat(get("/v3").header("Location")).isEqualTo("/v3/");
    }

    @Test
    void tellsAboutTheProcess() throws Exception {
        assertThat(get("/debug/vars").text()).contains("\"raft.status\": {\"id\":\"", "\"raftState\":\"StateLeader\"");
        assertThat(get("/debug/pprof/").status()).isEqualTo(404);
        EtcdConfig config = config("profiled", directory.resolve("profiled-socket"))
                .http(HttpConfig.DEFAULT.withProfiling(true).withGrpcGateway(false))
                .build();
        try (Etcd profiled = Etcd.start(config)) {
            String url = profiled.clientUrls().get(0).toString();
            assertThat(RawHttp.ask(url, "GET", "/debug/pprof/").text()).contains("goroutine");
            assertThat(RawHttp.ask(url, "GET", "/debug/pprof/goroutine").text()).contains("\"etcd-rpc-1\" Id=");
            assertThat(RawHttp.ask(url, "GET", "/debug/pprof/heap").text()).contains("#instances");
            assertThat(RawHttp.ask(url, "GET", "/debug/pprof/trace?seconds=1").body())
                    .startsWith("FLR".getBytes(StandardCharsets.US_ASCII));
            assertThat(RawHttp.ask(url, "POST", "/v3/kv/range").text()).isEqualTo("404 page not found\n");
        }
    }

    @Test
    void answersOptionsEverywhere() throws Exception {
        Answer answer = RawHttp.ask(
                etcd.clientUrls().get(0).toString(),
                "OPTIONS",
                "/v3/kv/put",
                new byte[0],
                withHost("Origin: http://pages.example:80"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Access-Control-Allow-Methods")).isEqualTo("POST, GET, OPTIONS, PUT, DELETE");
    }

    @Test
    void refusesHeadersThatAreTooLong() throws Exception {
        assertThat(get("/version", "X: " + "a".repeat(100_000)).status()).isEqualTo(431);
        assertThat(get("/version?%zz").status()).isEqualTo(400);
    }

    @Test
    void servesUnixSockets() throws Exception {
        Path file = directory.resolve("socket");
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(file));
            socket.write(ByteBuffer.wrap(
                    "GET /version HTTP/1.0\r\nHost: known.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            while (socket.read(answer) >= 0) {
                assertThat(answer.hasRemaining()).isTrue();
            }
            assertThat(new String(answer.array(), StandardCharsets.US_ASCII)).contains("\"etcdserver\":\"3.7.1\"");
        }
    }

    @Test
    void servesHttpApartFromGrpcIfToldTo() throws Exception {
        Path file = directory.resolve("stale");
        Files.writeString(file, "left by a process that was killed");
        EtcdConfig config = config("apart", file)
                .http(HttpConfig.DEFAULT.withListenUrls(List.of(URI.create(ANY_PORT)), List.of()))
                .build();
        try (Etcd apart = Etcd.start(config)) {
            assertThat(RawHttp.ask(apart.httpUrls().get(0).toString(), "GET", "/version")
                            .status())
                    .isEqualTo(200);
            try (RawHttp grpcOnly = new RawHttp(apart.clientUrls().get(0).toString())) {
                grpcOnly.send("GET", "/version", new byte[0]);
                assertThatThrownBy(() -> grpcOnly.receive(false)).isNotNull();
            }
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void refusesOneAddressForBoth() {
        Path file = directory.resolve("both");
        EtcdConfig config = config("both", file)
                .http(HttpConfig.DEFAULT.withListenUrls(List.of(URI.create("unix://" + file)), List.of()))
                .build();
        assertThatThrownBy(() -> Etcd.start(config))
                .isInstanceOf(EtcdStartException.class)
                .hasMessage(
                        "cannot bind both --listen-client-urls and --listen-client-http-urls on the same url unix://"
                                + file);
    }

    @Test
    void servesCallersInTheSameProcess() {
        Channel channel = etcd.channel();
        var kv = KVGrpc.newBlockingStub(channel);
        ByteString key = ByteString.copyFromUtf8("in-process");
        kv.put(PutRequest.newBuilder().setKey(key).setValue(key).build());

        assertThat(kv.range(RangeRequest.newBuilder().setKey(key).build()).getCount())
                .isOne();
        assertThatThrownBy(() -> kv.put(PutRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("INVALID_ARGUMENT: etcdserver: key is not provided");
        ByteString large = ByteString.copyFrom(new byte[3 << 20]);
        assertThatThrownBy(() -> kv.put(
                        PutRequest.newBuilder().setKey(key).setValue(large).build()))
                .hasMessageStartingWith("RESOURCE_EXHAUSTED: grpc: received message larger than max (");
    }

    @Test
    void leavesNoThread() throws Exception {
        Set<Thread> before = threads();
        try (Etcd shortLived =
                Etcd.start(config("threads", directory.resolve("other")).build())) {
            KVGrpc.newBlockingStub(shortLived.channel())
                    .range(RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("nothing"))
                            .build());
            assertThat(RawHttp.ask(shortLived.clientUrls().get(0).toString(), "GET", "/metrics")
                            .status())
                    .isEqualTo(200);
        }
        Set<Thread> left = threads();
        left.removeAll(before);
        for (Thread thread : left) {
            thread.join(PATIENCE_MILLIS); // what has ended may still be on its last instructions
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("etcd") || thread.getName().startsWith("grpc"))
                .collect(Collectors.toSet());
    }
}
