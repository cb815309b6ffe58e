package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.server.testing.RawHttp;
import io.etcetera.server.testing.RawWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API over WebSockets: every frame of the answer, up to the end of the connection, is as stock etcd's. Methods that take one
 * request are asked badly only, for stock etcd waits for the end of such a request, which does not come.
 */
@Timeout(120)
class WebSocketIT {
    private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");
    private static final String WATCH = "{\"create_request\":{\"key\":\"Zm9v\"}}";
    private static final String PROGRESS = "{\"progress_request\":{}}";

    /** Answered while the call goes on. */
    private static final Sent PING = new Sent(RawWebSocket.PING, "still there?");

    @TempDir
    Path directory;

    /** @param head the first byte of the frame */
    private record Sent(int head, String payload) {
        static Sent text(String payload) {
            return new Sent(RawWebSocket.TEXT, payload);
        }
    }

    /** @param answers how many of them to read, the end of the connection among them */
    private record Case(String path, int answers, String header, List<Sent> sent) {
        static Case of(String path, int answers, Sent... sent) {
            return new Case(path, answers, "Origin: http://a.example", List.of(sent));
        }

        static Case of(String path, int answers, String text) {
            return of(path, answers, Sent.text(text));
        }

        Case with(String otherHeader) {
            return new Case(path, answers, otherHeader, sent);
        }
    }

    private static final List<Case> CASES = List.of(
            Case.of("/v3/watch", 2, Sent.text(WATCH), Sent.text(PROGRESS)),
            Case.of("/v3/watch", 2, WATCH + WATCH),
            Case.of("/v3beta/watch", 1, new Sent(RawWebSocket.BINARY, WATCH)),
            Case.of(
                    "/v3/watch",
                    1,
                    new Sent(RawWebSocket.FIRST_TEXT, WATCH.substring(0, 9)),
                    new Sent(RawWebSocket.LAST_PIECE, WATCH.substring(9))),
            Case.of("/v3/watch", 2, Sent.text(""), PING, Sent.text(WATCH)),
            Case.of("/v3/watch", 1, Sent.text(WATCH), Sent.text("garbage")),
            Case.of("/v3/watch", 1, WATCH).with("Grpc-Timeout: nonsense"),
            Case.of("/v3/watch", 1, WATCH).with("Sec-WebSocket-Protocol: chat"),
            Case.of("/v3/lease/keepalive", 2, Sent.text("{\"ID\":\"7\"}"), Sent.text("{\"ID\":8}")),
            Case.of("/v3/lease/keepalive", 2, Sent.text("{\"ID\":\"7\"}"), Sent.text("garbage")),
            Case.of("/v3/kv/put", 2, "{\"key\":5}"),
            Case.of("/v3/kv/put", 2, "xx"),
            Case.of("/v3/election/observe", 2, "[]"),
            Case.of("/v3/nowhere", 2),
            Case.of("/v3/", 2),
            Case.of("/v3/watch", 3, Sent.text(WATCH), new Sent(RawWebSocket.CLOSE, "\u0003\u00e8bye")),
            Case.of("/v3/watch", 2, new Sent(RawWebSocket.CLOSE, "")),
            Case.of("/v3/watch", 2, new Sent(RawWebSocket.CLOSE, "\u000b\u00b8")),
            Case.of("/v3/watch", 2, new Sent(RawWebSocket.LAST_PIECE, WATCH)),
            Case.of("/v3/watch", 2, new Sent(0xc1, WATCH)),
            Case.of("/v3/watch", 2, new Sent(0x83, WATCH)),
            Case.of("/health", 0),
            Case.of("//v3/watch", 0));

    @Test
    void answersAsStockEtcdDoes() throws Exception {
        SoftAssertions differences = new SoftAssertions();
        try (TwoServers servers = TwoServers.start(directory)) {
            for (Case asked : CASES) {
                compare(servers, asked, differences);
            }
            for (String broken : List.of("Sec-WebSocket-Key: dGhl", "Sec-WebSocket-Version: 8", "Upgrade: h2c")) {
                List<RawHttp.Answer> answers = new ArrayList<>();
                for (ServerProcess server : servers.processes()) {
                    answers.add(handshakeWith(server, broken));
                }
                differences
                        .assertThat(answers.get(1).status())
                        .as(broken)
                        .isEqualTo(answers.get(0).status());
                differences
                        .assertThat(GatewayText.masked(answers.get(1).text()))
                        .as(broken)
                        .isEqualTo(GatewayText.masked(answers.get(0).text()));
            }
        }
        differences.assertAll();
    }

    @Test
    void knowsTheUserByTheProtocolOrTheCookie() throws Exception {
        SoftAssertions differences = new SoftAssertions();
        try (TwoServers servers = TwoServers.start(directory)) {
            for (ServerProcess server : servers.processes()) {
                post(server, "user/add", "{\"name\":\"root\",\"password\":\"p\"}");
                post(server, "role/add", "{\"name\":\"root\"}");
                post(server, "user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
                post(server, "enable", "{}");
            }
            for (String header : List.of(
                    "Sec-WebSocket-Protocol: Bearer, TOKEN",
                    "Sec-WebSocket-Protocol: Bearer,TOKEN",
                    "Sec-WebSocket-Protocol: chat, Bearer, TOKEN",
                    "Cookie: a=b; token=TOKEN")) {
                compare(servers, Case.of("/v3/lease/keepalive", 1, "{\"ID\":7}").with(header), differences);
                compare(servers, Case.of("/v3/watch", 1, WATCH).with(header), differences);
            }
            for (String header : List.of(
                    "Sec-WebSocket-Protocol: Bearer, wrong",
                    "Sec-WebSocket-Protocol: chat",
                    "Authorization: TOKEN",
                    "Origin: http://a.example")) {
                compare(servers, Case.of("/v3/lease/keepalive", 2, "{\"ID\":7}").with(header), differences);
                compare(servers, Case.of("/v3/watch", 1, WATCH).with(header), differences);
            }
        }
        differences.assertAll();
    }

    private static void compare(TwoServers servers, Case asked, SoftAssertions differences) throws IOException {
        List<List<String>> answers = new ArrayList<>();
        for (ServerProcess server : servers.processes()) {
            answers.add(answers(server, asked));
        }
        differences.assertThat(answers.get(1)).as(asked.toString()).isEqualTo(answers.get(0));
    }

    private static List<String> answers(ServerProcess server, Case asked) throws IOException {
        String header =
                asked.header().contains("TOKEN") ? asked.header().replace("TOKEN", token(server)) : asked.header();
        List<String> answers = new ArrayList<>();
        try (RawWebSocket socket = new RawWebSocket("http://" + server.endpoint(), asked.path(), header)) {
            RawHttp.Answer handshake = socket.handshake();
            answers.add(handshake.status() + " " + handshake.header("Sec-WebSocket-Protocol") + handshake.text());
            for (Sent frame : asked.sent()) {
                socket.send(frame.head(), frame.payload().getBytes(StandardCharsets.ISO_8859_1));
            }
            for (int i = 0; i < asked.answers(); i++) {
                answers.add(GatewayText.masked(socket.receive()));
            }
        }
        return answers;
    }

    private static RawHttp.Answer handshakeWith(ServerProcess server, String header) throws IOException {
        String name = header.substring(0, header.indexOf(':'));
        List<String> headers = new ArrayList<>(List.of(
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
        headers.removeIf(known -> known.startsWith(name));
        headers.add(header);
        return RawHttp.ask(
                "http://" + server.endpoint(), "GET", "/v3/watch", new byte[0], headers.toArray(String[]::new));
    }

    private static String post(ServerProcess server, String path, String body) throws IOException {
        RawHttp.Answer answer = RawHttp.ask(
                "http://" + server.endpoint(), "POST", "/v3/auth/" + path, body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.text();
    }

    private static String token(ServerProcess server) throws IOException {
        Matcher token = TOKEN.matcher(post(server, "authenticate", "{\"name\":\"root\",\"password\":\"p\"}"));
        assertThat(token.find()).isTrue();
        return token.group(1);
    }
}
