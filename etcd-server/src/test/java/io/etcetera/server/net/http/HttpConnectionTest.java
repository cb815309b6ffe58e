package io.etcetera.server.net.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.ManualTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that take their time. */
class HttpConnectionTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final HttpServing SERVING =
            new HttpServing((request, exchange) -> exchange.reply(HttpReply.empty(200)), 1_000, new ManualTime());

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void open() {
        channel.freezeTime();
        HttpConnection.append(channel.pipeline(), SERVING);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void receive(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        channel.runPendingTasks();
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }

    private int answers() {
        int answers = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            answers += out.toString(StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 200") ? 1 : 0;
            out.release();
        }
        return answers;
    }

    @Test
    void aRequestThatIsNeverFinishedEndsTheConnection() {
        for (int i = 0; i < 6; i++) {
            receive(REQUEST.substring(i, i + 1));
            pass(10);
            assertThat(channel.isOpen()).as("after %d bytes", i + 1).isEqualTo(i < 5);
        }
    }

    @Test
    void aBodyThatIsNeverFinishedEndsTheConnection() {
        receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
        pass(59);
        receive("x");
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void betweenRequestsThereIsMoreTime() {
        receive(REQUEST);
        assertThat(answers()).isEqualTo(1);
        pass(200);
        assertThat(channel.isOpen()).isTrue();
        receive(REQUEST);
        assertThat(answers()).isEqualTo(1);
        pass(301);
        assertThat(channel.isOpen()).isFalse();
    }
}
