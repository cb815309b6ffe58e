package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.server.testing.RawHttp;
import io.etcetera.server.testing.RawWebSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a member answers over WebSockets; what stock etcd does is compared elsewhere. */
@Timeout(120)
class WebSocketTest {
    private static final String ANY_PORT = "http://127.0.0.1:0";
    private static final long PATIENCE_SECONDS = 60;
    /** A gRPC message may have 1.5 MiB and a little more, and JSON takes up to twice as much. */
    private static final int TOO_LONG = 5 << 20;

    private static final int EVENTS = 500;

    @TempDir
    private static Path directory;

    private static Etcd etcd;
    private static String url = "";

    @BeforeAll
    static void start() throws Exception {
        etcd = start("shared");
        url = etcd.clientUrls().get(0).toString();
    }

    private static Etcd start(String name) throws Exception {
        return Etcd.start(EtcdConfig.builder()
                .dataDir(directory.resolve(name))
                .initialClusterToken(name)
                .listenClientUrls(List.of(URI.create(ANY_PORT)))
                .listenPeerUrls(List.of(URI.create(ANY_PORT)))
                .advertiseClientUrls(List.of(URI.create(ANY_PORT)))
                .build());
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    private static void put(String key, String value) {
        var unused = KVGrpc.newBlockingStub(etcd.channel())
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
    }

    @Test
    void watchesWhileMoreIsAskedFor() throws Exception {
        try (RawWebSocket watch = new RawWebSocket(url, "/v3/watch")) {
            assertThat(watch.handshake().status()).isEqualTo(101);
            watch.send("{\"create_request\":{\"key\":\"Zm9v\"}}");
            assertThat(watch.receive()).startsWith("{\"result\":{").endsWith("\"created\":true}}");
            put("foo", "bar");
            assertThat(watch.receive()).contains("\"key\":\"Zm9v\"", "\"value\":\"YmFy\"");
            watch.send("{\"create_request\":{\"key\":\"YQ\"}} {\"cancel_request\":{\"watch_id\":\"0\"}}");
            assertThat(watch.receive()).contains("\"watch_id\":\"1\",\"created\":true");
            assertThat(watch.receive()).endsWith("\"canceled\":true}}");
            watch.send("garbage");
            watch.send(RawWebSocket.PING, new byte[] {'x'});
            assertThat(watch.receive()).isEqualTo("8a x");
            put("a", "b");
            assertThat(watch.receive()).contains("\"key\":\"YQ==\"");
            watch.send(RawWebSocket.CLOSE, RawWebSocket.status(1000));
            assertThat(watch.receive()).isEqualTo("88 1000");
            assertThat(watch.receive()).isEqualTo("end");
        }
    }

    /** Many answers to a client that does not read, and many requests at once. */
    @Test
    void losesNothingWhenEitherSideIsSlow() throws Exception {
        int count = 2_000;
        String value = "v".repeat(10_000);
        try (RawWebSocket watch = new RawWebSocket(url, "/v3/watch")) {
            watch.send("{\"create_request\":{\"key\":\"c2xvdw==\"}}");
            assertThat(watch.receive()).contains("\"created\":true");
            for (int i = 0; i < EVENTS; i++) {
                put("slow", value);
            }
            for (int i = 0; i < count; i++) {
                watch.send("{\"create_request\":{\"key\":\"bm9ib2R5\"}}");
            }
            int events = 0;
            int created = 0;
            while (events < EVENTS || created < count) {
                String answer = watch.receive();
                events += answer.split("\"kv\":", -1).length - 1;
                created += answer.contains("\"created\":true") ? 1 : 0;
            }
            assertThat(events).isEqualTo(EVENTS);
            assertThat(created).isEqualTo(count);
        }
    }

    @Test
    void keepsLeasesAlive() throws Exception {
        var granted = LeaseGrpc.newBlockingStub(etcd.channel())
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build());
        assertThat(granted.getID()).isEqualTo(7);
        try (RawWebSocket leases = new RawWebSocket(url, "/v3/lease/keepalive")) {
            leases.send(RawWebSocket.BINARY, "{\"ID\":\"7\"}".getBytes(StandardCharsets.UTF_8));
            assertThat(leases.receive()).endsWith("\"ID\":\"7\",\"TTL\":\"60\"}}");
            leases.send(RawWebSocket.FIRST_TEXT, "{\"I".getBytes(StandardCharsets.UTF_8));
            leases.send(RawWebSocket.LAST_PIECE, "D\":8}".getBytes(StandardCharsets.UTF_8));
            assertThat(leases.receive()).endsWith("\"ID\":\"8\"}}");
            leases.send("[]");
            assertThat(leases.receive()).isEqualTo("end");
        }
    }

    @Test
    void answersOnceWhereOneRequestIsAll() throws Exception {
        put("once", "1");
        try (RawWebSocket range = new RawWebSocket(url, "/v3/kv/range")) {
            range.send("");
            range.send("{\"key\":\"b25jZQ==\"}");
            assertThat(range.receive()).startsWith("{\"header\":{").contains("\"value\":\"MQ==\"");
            assertThat(range.receive()).isEqualTo("end");
        }
        assertThat(answersTo("/v3/kv/put", "{}"))
                .containsExactly("{\"code\":3,\"message\":\"etcdserver: key is not provided\"}", "end");
        assertThat(answersTo("/v3/kv/put", "{\"key\""))
                .containsExactly("{\"code\":3,\"message\":\"unexpected EOF\"}", "end");
        try (RawWebSocket unknown = new RawWebSocket(url, "/v3/unknown")) {
            assertThat(unknown.receive()).isEqualTo("{\"code\":5,\"message\":\"Not Found\"}");
        }
    }

    private static List<String> answersTo(String path, String request) throws IOException {
        try (RawWebSocket socket = new RawWebSocket(url, path)) {
            socket.send(request);
            return List.of(socket.receive(), socket.receive());
        }
    }

    @Test
    void sendsSnapshotsAndLeaders() throws Exception {
        try (RawWebSocket snapshot = new RawWebSocket(url, "/v3/maintenance/snapshot")) {
            snapshot.send("{}");
            String last = "";
            for (String line = snapshot.receive(); !line.equals("end"); line = snapshot.receive()) {
                assertThat(line).startsWith("{\"result\":{");
                last = line;
            }
            assertThat(last).isNotEmpty().doesNotContain("\"remaining_bytes\"");
        }
        try (RawWebSocket leader = new RawWebSocket(url, "/v3/election/observe")) {
            leader.send("{\"name\":\"ZWxlY3Rpb24=\"}");
            put("election/1", "me");
            assertThat(leader.receive()).contains("\"value\":\"bWU=\"");
        }
    }

    @Test
    void sendsAwayWhoBreaksTheRules() throws Exception {
        try (RawWebSocket tooLong = new RawWebSocket(url, "/v3/kv/put")) {
            tooLong.announce(TOO_LONG);
            assertThat(tooLong.receive()).isEqualTo("88 1009");
        }
        try (RawWebSocket wrong = new RawWebSocket(url, "/v3/watch")) {
            wrong.send(RawWebSocket.LAST_PIECE, new byte[1]);
            assertThat(wrong.receive()).isEqualTo("88 1002");
            assertThat(wrong.receive()).isEqualTo("end");
        }
    }

    @Test
    void refusesBadHandshakes() throws Exception {
        String[] withoutKey = {"Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"};
        RawHttp.Answer bad = RawHttp.ask(url, "GET", "/v3/watch", new byte[0], withoutKey);
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.header("Sec-WebSocket-Version")).isEqualTo("13");
        assertThat(RawHttp.ask(url, "POST", "/v3/watch", new byte[0], withoutKey)
                        .status())
                .isEqualTo(405);
        try (RawWebSocket health = new RawWebSocket(url, "/health")) {
            assertThat(health.handshake().status()).isEqualTo(200);
        }
    }

    /** A client that other people have written. */
    @Test
    void speaksWithTheClientOfTheJdk() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("Bearer", "token")
                .buildAsync(URI.create(url.replace("http:", "ws:") + "/v3/watch"), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                        received.add(text.toString());
                        from.request(1);
                        return null;
                    }
                })
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEqualTo("Bearer");
        var unused = socket.sendText("{\"create_request\":{\"key\":\"amRr\"}}", true);
        assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).contains("\"created\":true");
        put("jdk", "x");
        assertThat(received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).contains("\"key\":\"amRr\"");
        socket.abort();
    }

    @Test
    void endsWithTheMember() throws Exception {
        Etcd other = start("other");
        try (RawWebSocket watch = new RawWebSocket(other.clientUrls().get(0).toString(), "/v3/watch")) {
            watch.send("{\"create_request\":{\"key\":\"Zm9v\"}}");
            assertThat(watch.receive()).contains("\"created\":true");
            other.close();
            String last = watch.receive();
            assertThat(last.startsWith("{\"error\":{\"code\":14,") ? watch.receive() : last)
                    .isEqualTo("end");
        } finally {
            other.close();
        }
    }
}
