package io.etcetera.server.net.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.testing.ManualTime;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ProtocolDetectorTest {
    private static final HttpServing SERVING =
            new HttpServing((request, exchange) -> exchange.reply(HttpReply.empty(200)), 1_000, new ManualTime());

    @Test
    void whoSpeaksTlsWhereThereIsNoneIsSentAway() {
        EmbeddedChannel plain = new EmbeddedChannel(new ProtocolDetector(new ChannelInboundHandlerAdapter(), SERVING));
        // The beginning of a handshake of 512 bytes, of which nothing more comes.
        plain.writeInbound(Unpooled.wrappedBuffer(new byte[] {22, 3, 1, 2, 0, 1, 0}));
        plain.runPendingTasks();

        assertThat(plain.isOpen()).isFalse();
        plain.finishAndReleaseAll();
    }
}
