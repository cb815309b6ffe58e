package io.etcetera.server.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.RawWebSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that are not in step with the server. */
class WebSocketConnectionTest {
    private static final int MAX_BYTES = 1_000;
    private static final String UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<WebSocket> sockets = new ArrayList<>();
    private final List<String> received = new ArrayList<>();
    private final AtomicInteger abandoned = new AtomicInteger();

    @BeforeEach
    void open() {
        channel.freezeTime();
        HttpConnection.append(
                channel.pipeline(),
                new HttpServing((request, exchange) -> upgrade(exchange), MAX_BYTES, new ManualTime()));
    }

    private void upgrade(HttpExchange exchange) {
        WebSocket socket = exchange.upgrade("dGhlIHNhbXBsZSBub25jZQ==", Optional.empty());
        socket.onMessage(message -> received.add(new String(message, StandardCharsets.UTF_8)));
        socket.onAbandoned(abandoned::incrementAndGet);
        sockets.add(socket);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private WebSocket socket() {
        receive(UPGRADE.getBytes(StandardCharsets.US_ASCII));
        assertThat(sent()).startsWith("HTTP/1.1 101 ");
        return sockets.get(0);
    }

    private void receive(byte[]... frames) {
        channel.writeInbound(Unpooled.copiedBuffer(frames));
        channel.runPendingTasks();
    }

    private static byte[] text(String text) {
        return RawWebSocket.frame(RawWebSocket.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    private String sent() {
        StringBuilder sent = new StringBuilder();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            sent.append(out.toString(StandardCharsets.ISO_8859_1));
            out.release();
        }
        return sent.toString();
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    @Test
    void whatIsNotTakenWaits() {
        WebSocket socket = socket();
        socket.onMessage(message -> {
            received.add(new String(message, StandardCharsets.UTF_8));
            socket.read(false);
        });
        receive(text("a"), text("b"), text("c"));
        assertThat(received).containsExactly("a");
        socket.read(true);
        assertThat(received).containsExactly("a", "b");
        var unused = channel.close();
        assertThat(received).containsExactly("a", "b");
        assertThat(abandoned).hasValue(1);
    }

    @Test
    void sendsPiecesAsMessagesAndThenCloses() {
        HttpStream answer = socket().stream(HttpReply.of(200, "text/plain", "a\n"));
        answer.write("bc".getBytes(StandardCharsets.US_ASCII));
        assertThat(sent()).isEqualTo("\u0081\u0001a\u0081\u0002bc");
        answer.end();
        answer.write(new byte[1]);
        channel.runPendingTasks();
        assertThat(sent()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
        assertThat(abandoned).hasValue(0);
    }

    @Test
    void messagesThatAreTooLongInPiecesEndIt() {
        socket();
        receive(RawWebSocket.frame(RawWebSocket.FIRST_TEXT, new byte[MAX_BYTES]));
        receive(RawWebSocket.frame(RawWebSocket.LAST_PIECE, new byte[1]));
        assertThat(sent()).startsWith("\u0088").contains("\u0003\u00f1");
        assertThat(channel.isOpen()).isFalse();
        assertThat(received).isEmpty();
        assertThat(abandoned).hasValue(1);
    }

    @Test
    void aMessageThatIsNeverFinishedEndsIt() {
        socket();
        receive(text("first"));
        receive(RawWebSocket.frame(RawWebSocket.FIRST_TEXT, new byte[1]));
        pass(SlowRequests.LIMIT_SECONDS);
        assertThat(channel.isOpen()).isFalse();
        assertThat(received).containsExactly("first");
    }

    @Test
    void onlyWhoAsksMayBeSilent() {
        socket();
        receive(text("ask"));
        pass(1_000);
        assertThat(channel.isOpen()).isTrue();
        EmbeddedChannel silent = new EmbeddedChannel();
        silent.freezeTime();
        HttpConnection.append(
                silent.pipeline(),
                new HttpServing((request, exchange) -> upgrade(exchange), MAX_BYTES, new ManualTime()));
        silent.writeInbound(Unpooled.copiedBuffer(UPGRADE, StandardCharsets.US_ASCII));
        silent.advanceTimeBy(301, TimeUnit.SECONDS);
        silent.runScheduledPendingTasks();
        assertThat(silent.isOpen()).isFalse();
        silent.finishAndReleaseAll();
    }

    @Test
    void doesNotMindWhoDoesNotAwaitTheHandshake() {
        receive(UPGRADE.getBytes(StandardCharsets.US_ASCII), text("early"), text("second"));
        receive(text("third"));
        assertThat(sent()).startsWith("HTTP/1.1 101 ");
        assertThat(received).containsExactly("early", "second", "third");
    }

    @Test
    void endsWhenTheServerDoes() {
        socket();
        channel.writeOutbound("a command of gRPC's");
        assertThat(channel.isOpen()).isFalse();
        assertThat(abandoned).hasValue(1);
    }
}
