package io.etcetera.server.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpStream;
import io.etcetera.server.net.http.WebSocket;
import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What messages become, and when more of them are read. */
class WebSocketCallsTest {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private final FakeChannel channel = new FakeChannel();
    private final FakeSocket socket = new FakeSocket();

    private void upgrade(String path) {
        upgrade(path, List.of());
    }

    private void upgrade(String path, List<Map.Entry<String, String>> headers) {
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.add(Map.entry("connection", "keep-alive, Upgrade"));
        all.add(Map.entry("upgrade", "WebSocket"));
        all.add(Map.entry("sec-websocket-version", "13"));
        all.add(Map.entry("sec-websocket-key", KEY));
        new Gateway(channel).serve(new HttpRequest("GET", path, Map.of(), all, new byte[0], Optional.empty()), socket);
    }

    private void receive(String text) {
        socket.receiver.accept(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void readsWhileTheCallTakesWhatComes() {
        upgrade("/v3/watch");
        receive("{\"create_request\":{}} {\"progress_request\":{}}");
        assertThat(channel.call().sent).hasSize(2);
        assertThat(socket.reading).isTrue();

        channel.call().ready = false;
        receive("{\"progress_request\":{}}");
        assertThat(channel.call().sent).hasSize(3);
        assertThat(socket.reading).isFalse();

        channel.call().listener().onReady();
        assertThat(socket.reading).isTrue();
        assertThat(channel.call().halfClosed).isFalse();
    }

    @Test
    void theFirstThatCannotBeReadIsTheLast() {
        upgrade("/v3/watch");
        receive("{\"create_request\":{}} {");
        receive("{\"create_request\":{}}");

        assertThat(channel.call().sent).hasSize(1);
        assertThat(channel.call().halfClosed).isTrue();
        assertThat(channel.call().cancelled).isFalse();
    }

    @Test
    void takesOneRequestWhereThatIsAll() {
        upgrade("/v3/kv/range");
        receive(" \n");
        assertThat(channel.calls).isEmpty();
        receive("{\"key\":\"Zm9v\"}");
        receive("{\"key\":\"Zm9v\"}");

        assertThat(channel.call().sent).hasSize(1);
        assertThat(channel.call().halfClosed).isTrue();
        socket.onAbandoned.run();
        assertThat(channel.call().cancelled).isTrue();
    }

    @Test
    void forwardsWhatEtcdDoes() {
        upgrade(
                "/v3/watch",
                List.of(
                        Map.entry("Sec-WebSocket-Protocol", "Bearer, abc"),
                        Map.entry("Authorization", "ignored"),
                        Map.entry("Grpc-Timeout", "1n"),
                        Map.entry("Grpc-Metadata-hasleader", "true"),
                        Map.entry("Origin", "http://a.example")));

        assertThat(socket.key).isEqualTo(KEY);
        assertThat(socket.protocol).contains("Bearer");
        Metadata metadata = channel.call().metadata;
        assertThat(metadata.keys())
                .containsExactlyInAnyOrder("authorization", "grpcgateway-authorization", "grpcgateway-origin");
        assertThat(metadata.get(AUTHORIZATION)).isEqualTo("Bearer abc");
        assertThat(channel.call().options.getDeadline()).isNull();
    }

    private static final class FakeSocket implements HttpExchange, WebSocket {
        private String key = "";
        private Optional<String> protocol = Optional.empty();
        private Consumer<byte[]> receiver = message -> {};
        private Runnable onAbandoned = () -> {};
        private boolean reading = true;

        @Override
        public WebSocket upgrade(String clientKey, Optional<String> chosen) {
            key = clientKey;
            protocol = chosen;
            return this;
        }

        @Override
        public void onMessage(Consumer<byte[]> other) {
            receiver = other;
        }

        @Override
        public void read(boolean more) {
            reading = more;
        }

        @Override
        public void reply(HttpReply answer) {
            throw new IllegalStateException("nothing is answered");
        }

        @Override
        public HttpStream stream(HttpReply head) {
            throw new IllegalStateException("nothing is answered");
        }

        @Override
        public void onAbandoned(Runnable task) {
            onAbandoned = task;
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }
    }
}
