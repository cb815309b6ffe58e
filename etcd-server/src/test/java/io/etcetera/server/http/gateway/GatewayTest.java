package io.etcetera.server.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpStream;
import io.etcetera.server.net.http.WebSocket;
import io.etcetera.server.text.JsonFormatException;
import io.etcetera.server.text.JsonScanner;
import io.grpc.Metadata;
import io.grpc.Status;
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

/** What requests become, and answers; what is answered to each of them is compared with stock etcd elsewhere. */
class GatewayTest {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final FakeChannel channel = new FakeChannel();
    private final FakeExchange exchange = new FakeExchange();

    private void post(String path, String body, Map.Entry<?, ?>... headers) {
        List<Map.Entry<String, String>> texts = new ArrayList<>();
        for (Map.Entry<?, ?> header : headers) {
            texts.add(Map.entry(header.getKey().toString(), header.getValue().toString()));
        }
        new Gateway(channel)
                .serve(
                        new HttpRequest(
                                "POST", path, Map.of(), texts, body.getBytes(StandardCharsets.UTF_8), Optional.empty()),
                        exchange);
    }

    private FakeChannel.Call call() {
        return channel.call();
    }

    @Test
    void answersOnce() {
        post("/v3/kv/put", "{}");
        call().listener()
                .onMessage(PutResponse.newBuilder()
                        .setHeader(ResponseHeader.newBuilder().setClusterId(-1).setRevision(2))
                        .build());
        call().listener().onClose(Status.OK, new Metadata());

        HttpReply reply = exchange.reply();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"header\":{\"cluster_id\":\"18446744073709551615\",\"revision\":\"2\"}}");
    }

    @Test
    void tellsServicesWhatTheHeadersSay() {
        post(
                "/v3/kv/put",
                "{}",
                Map.entry("AUTHORIZATION", "Bearer abc"),
                Map.entry("accept", "*/*"),
                Map.entry("Grpc-Metadata-Hasleader", "true"),
                Map.entry("Grpc-Metadata-Odd", "\u00e9"),
                Map.entry("X-Unknown", "x"),
                Map.entry("Grpc-Timeout", "3S"));

        Metadata metadata = call().metadata;
        assertThat(metadata.keys())
                .containsExactlyInAnyOrder(
                        "authorization", "grpcgateway-authorization", "grpcgateway-accept", "hasleader");
        assertThat(metadata.get(AUTHORIZATION)).isEqualTo("Bearer abc");
        assertThat(call().options.getDeadline()).isNotNull();
    }

    @Test
    void anErrorThatAsksForAUserSaysSoInHttp() {
        post("/v3/kv/put", "{}");
        call().listener().onClose(Status.UNAUTHENTICATED.withDescription("who?"), new Metadata());

        assertThat(exchange.reply().status()).isEqualTo(401);
        assertThat(exchange.reply().headers()).containsEntry("WWW-Authenticate", "who?");
    }

    @Test
    void asksForTheNextMessageWhenThereIsRoomForIt() {
        post("/v3/watch", "{\"create_request\":{}} {\"progress_request\":{}}");
        assertThat(call().sent).hasSize(2).allMatch(WatchRequest.class::isInstance);
        assertThat(call().halfClosed).isTrue();
        assertThat(call().requested).isOne();

        exchange.writable = false;
        call().listener()
                .onMessage(WatchResponse.newBuilder().setCancelReason("<a>").build());
        assertThat(exchange.written).containsExactly("{\"result\":{\"cancel_reason\":\"\\u003ca\\u003e\"}}\n");
        assertThat(call().requested).isOne();

        exchange.writable = true;
        exchange.onWritable.run();
        exchange.onWritable.run();
        assertThat(call().requested).isEqualTo(2);

        call().listener().onMessage(WatchResponse.getDefaultInstance());
        assertThat(call().requested).isEqualTo(3);
        call().listener().onClose(Status.UNAVAILABLE.withDescription("over"), new Metadata());
        assertThat(exchange.written).endsWith("{\"result\":{}}\n", "{\"error\":{\"code\":14,\"message\":\"over\"}}\n");
        assertThat(exchange.ended).isTrue();
    }

    @Test
    void cancelsTheCallWhenTheClientGoes() {
        post("/v3/watch", "{\"create_request\":{}}");

        exchange.onAbandoned.run();

        assertThat(call().cancelled).isTrue();
    }

    @Test
    void takesAllSpellingsOfNumbersAndBytes() {
        post(
                "/v3/kv/txn",
                "{\"compare\":[{\"modRevision\":\"1e2\",\"key\":\"-_8\"},{\"version\":7.0,\"key\":\"+/8=\"}]}");

        TxnRequest sent = (TxnRequest) call().sent.get(0);
        ByteString bytes = ByteString.copyFrom(new byte[] {(byte) 0xfb, (byte) 0xff});
        assertThat(sent.getCompare(0).getModRevision()).isEqualTo(100);
        assertThat(sent.getCompare(0).getKey()).isEqualTo(bytes);
        assertThat(sent.getCompare(1).getVersion()).isEqualTo(7);
        assertThat(sent.getCompare(1).getKey()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e-999999999", "0.1", "99999999999999999999"})
    void refusesNumbersThatAreNoneHereBeforeTheyCostAnything(String number) {
        post("/v3/kv/range", "{\"limit\":" + number + "}");

        assertThat(channel.calls).isEmpty();
        assertThat(new String(exchange.reply().body(), StandardCharsets.UTF_8))
                .contains("invalid value for int64 field limit: " + number);
    }

    @Test
    void readsAsDeeplyAsGoDoes() throws Exception {
        assertThat(outcome(10_000)).isEmpty();
        assertThat(outcome(10_001)).contains("invalid character '[' exceeded max depth");
    }

    private static Optional<String> outcome(int depth) {
        byte[] text = ("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.US_ASCII);
        try {
            assertThat(new JsonScanner(text).end(0)).isEqualTo(text.length);
            return Optional.empty();
        } catch (JsonFormatException e) {
            return Optional.ofNullable(e.getMessage());
        }
    }

    private static final class FakeExchange implements HttpExchange, HttpStream {
        final List<String> written = new ArrayList<>();
        boolean writable = true;
        boolean ended;
        Runnable onWritable = () -> {};
        Runnable onAbandoned = () -> {};
        private @Nullable HttpReply reply;

        HttpReply reply() {
            if (reply == null) {
                throw new IllegalStateException("not answered");
            }
            return reply;
        }

        @Override
        public void reply(HttpReply answer) {
            reply = answer;
        }

        @Override
        public HttpStream stream(HttpReply head) {
            write(head.body());
            return this;
        }

        @Override
        public WebSocket upgrade(String key, Optional<String> protocol) {
            throw new IllegalStateException("nobody asks for a WebSocket");
        }

        @Override
        public void onAbandoned(Runnable task) {
            onAbandoned = task;
        }

        @Override
        public Executor loop() {
            return Runnable::run;
        }

        @Override
        public void write(byte[] piece) {
            written.add(new String(piece, StandardCharsets.UTF_8));
        }

        @Override
        public boolean isWritable() {
            return writable;
        }

        @Override
        public void onWritable(Runnable task) {
            onWritable = task;
        }

        @Override
        public void end() {
            ended = true;
        }
    }
}
