package io.etcetera.server.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.etcetera.server.DeepStack;
import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpStream;
import io.etcetera.server.net.http.WebSocket;
import io.etcetera.testing.fuzz.Fuzz;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON and headers as nobody should send them: each request becomes a call or a refusal with a status of the 400s. */
class GatewayFuzzTest {
    private static final String[] WORDS = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\\",
        "\\u0000",
        "\\ud800",
        "\\udc00",
        "null",
        "true",
        "false",
        "-",
        "0",
        "1e999",
        "1e-999",
        "18446744073709551616",
        "-9223372036854775809",
        "0.5",
        "\"key\"",
        "\"range_end\"",
        "\"success\"",
        "\"request_txn\"",
        "\"requestTxn\"",
        "\"create_request\"",
        "\"=\"",
        "\u0000",
        "\u00ff",
        "{\"success\":[{\"request_txn\":",
        "[[[[[[[["
    };

    /** Only the beginning of a call is of interest. */
    private static final class Nowhere extends Channel {
        @Override
        @SuppressWarnings("unchecked")
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return (ClientCall<Q, A>) new Unanswered();
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    }

    private static final class Unanswered extends ClientCall<Message, Message> {
        @Override
        public void start(Listener<Message> listener, Metadata headers) {}

        @Override
        public void request(int messages) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Message message) {}
    }

    private static final class Exchange implements HttpExchange {
        private final List<HttpReply> replies = new ArrayList<>();

        @Override
        public void reply(HttpReply answer) {
            replies.add(answer);
        }

        @Override
        public HttpStream stream(HttpReply head) {
            throw new IllegalStateException("nobody answers");
        }

        @Override
        public WebSocket upgrade(String key, Optional<String> protocol) {
            throw new IllegalStateException("nobody asks for a WebSocket");
        }

        @Override
        public void onAbandoned(Runnable task) {}

        @Override
        public Executor loop() {
            return Runnable::run;
        }
    }

    private static void serve(String path, byte[] body, List<Map.Entry<String, String>> headers) {
        Exchange exchange = new Exchange();
        new Gateway(new Nowhere())
                .serve(new HttpRequest("POST", path, Map.of(), headers, body, Optional.empty()), exchange);
        assertThat(exchange.replies)
                .hasSizeLessThanOrEqualTo(1)
                .allSatisfy(reply -> assertThat(reply.status()).isBetween(400, 499));
    }

    private static Fuzz fuzz(String name) {
        return Fuzz.of(name).stackBytes(DeepStack.BYTES).words(WORDS).allocating(8 << 20, 600);
    }

    private static String nested(int depth) {
        return "{\"success\":[{\"request_txn\":".repeat(depth) + "{}" + "}]}".repeat(depth);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kv/range",
                "kv/txn",
                "watch",
                "lease/grant",
                "auth/role/grant",
                "cluster/member/add",
                "maintenance/alarm"
            })
    void bodies(String path) {
        fuzz("gateway " + path)
                .samples(
                        "{}",
                        "",
                        "{\"key\":\"Zm9v\",\"range_end\":\"Zm9w\",\"limit\":\"10\",\"revision\":-3}",
                        "{\"compare\":[{\"result\":\"EQUAL\",\"target\":2,\"key\":\"YQ==\",\"version\":\"7\"}],\"success\":"
                                + "[{\"request_put\":{\"key\":\"YQ\",\"value\":\"Yg==\",\"prevKv\":true}},{\"requestDeleteRange\":{\"key\":\"YQ==\"}}]}",
                        "{\"create_request\":{\"key\":\"YQ==\",\"filters\":[\"NOPUT\",1],\"watch_id\":\"5\"}}{\"cancel_request\":{\"watch_id\":5}}",
                        "{\"TTL\":\"10\",\"ID\":0}",
                        "{\"name\":\"r\\u00e4\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\"YQ==\"}}",
                        "{\"peerURLs\":[\"http://10.0.0.1:2380\",\"x\"],\"isLearner\":true}")
                .past("{\"key\":1e999999999}".getBytes(StandardCharsets.UTF_8))
                .past(("{\"limit\":" + "9".repeat(100_000) + "}").getBytes(StandardCharsets.UTF_8))
                .past("{\"".getBytes(StandardCharsets.UTF_8), "[".repeat(20_000).getBytes(StandardCharsets.UTF_8))
                .past(
                        nested(3_000).getBytes(StandardCharsets.UTF_8),
                        nested(9_000).getBytes(StandardCharsets.UTF_8))
                .run(body -> serve("/v3/" + path, body, List.of()));
    }

    /** Lines of names and values. */
    @Test
    void headers() {
        fuzz("gateway headers")
                .samples(
                        "Grpc-Timeout: 10S\nauthorization: Bearer x",
                        "Grpc-Metadata-Hasleader: true\nGrpc-Metadata-x-bin: AA==\nAccept: */*",
                        "grpc-metadata-: x\nGrpc-Timeout: 99999999H\n")
                .words(
                        "grpc-metadata-",
                        "-bin",
                        "Grpc-Timeout",
                        "99999999H",
                        "\n",
                        ":",
                        "te",
                        "content-type",
                        "grpc-encoding")
                .run(text -> serve(
                        "/v3/kv/range",
                        new byte[0],
                        new String(text, StandardCharsets.ISO_8859_1)
                                .lines()
                                .filter(line -> line.indexOf(':') > 0)
                                .map(line -> Map.entry(
                                        line.substring(0, line.indexOf(':')),
                                        line.substring(line.indexOf(':') + 1).strip()))
                                .toList()));
    }
}
