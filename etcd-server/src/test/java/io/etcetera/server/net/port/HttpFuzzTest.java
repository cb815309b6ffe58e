package io.etcetera.server.net.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.net.http.HttpExchange;
import io.etcetera.server.net.http.HttpReply;
import io.etcetera.server.net.http.HttpRequest;
import io.etcetera.server.net.http.HttpServing;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.RawWebSocket;
import io.etcetera.testing.fuzz.Fuzz;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.ResourceLeakDetector;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What comes in on a port before anybody knows whether it is HTTP at all. */
class HttpFuzzTest {
    private static final int MAX_BODY_BYTES = 1_000;

    /** Memory that the longest request line can take; see there. */
    private static final long LONGEST_LINE_BYTES = 16 << 20;

    private static final ResourceLeakDetector.Level USUAL = ResourceLeakDetector.getLevel();

    /** What it writes down of each buffer, 30 KB where all is written down, would hide what the decoders take. */
    @BeforeAll
    static void watchLeaksLess() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @AfterAll
    static void watchLeaksAgain() {
        ResourceLeakDetector.setLevel(USUAL);
    }

    /** Stands where gRPC would; takes everything. */
    private static final class Swallow extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    /** Looks at all of a request, as services do. */
    private static void serve(HttpRequest request, HttpExchange exchange) {
        Map<String, String> headers = new HashMap<>();
        request.headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
        assertThat(request.body()).hasSizeLessThanOrEqualTo(MAX_BODY_BYTES);
        if (request.path().equals("/socket")) {
            exchange.upgrade("", Optional.empty())
                    .onMessage(message -> assertThat(message).hasSizeLessThanOrEqualTo(MAX_BODY_BYTES));
            return;
        }
        exchange.reply(HttpReply.of(200, "text/plain", request.path() + request.query() + headers.size()));
    }

    /** In two pieces, so that everything ends somewhere in the middle at times. */
    private static void receive(byte[] bytes) {
        EmbeddedChannel channel = new EmbeddedChannel(new ProtocolDetector(
                new Swallow(), new HttpServing(HttpFuzzTest::serve, MAX_BODY_BYTES, new ManualTime())));
        try {
            int middle = bytes.length == 0 ? 0 : (bytes[bytes.length - 1] & 0xff) % bytes.length;
            write(channel, bytes, 0, middle);
            write(channel, bytes, middle, bytes.length);
            channel.checkException();
        } finally {
            channel.finishAndReleaseAll();
        }
    }

    private static void write(EmbeddedChannel channel, byte[] bytes, int from, int to) {
        if (channel.isOpen()) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
        }
        channel.runPendingTasks();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            out.release();
        }
    }

    @Test
    void webSockets() {
        Fuzz.of("WebSockets")
                .samples(
                        upgraded(frame(RawWebSocket.FIRST_TEXT, "{\"a\""), frame(RawWebSocket.LAST_PIECE, ":1}")),
                        upgraded(frame(RawWebSocket.PING, "x"), frame(RawWebSocket.TEXT, "{}")),
                        upgraded(frame(RawWebSocket.TEXT, "a".repeat(300)), frame(RawWebSocket.CLOSE, "bye")))
                .words("\u0081", "\u0080", "\u0001", "\u0088", "\u0089", "\u008a", "\u00fe", "\u00ff", "\u007f")
                .allocating(LONGEST_LINE_BYTES, 300)
                .run(HttpFuzzTest::receive);
    }

    private static byte[] frame(int head, String payload) {
        return RawWebSocket.frame(head, payload.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] upgraded(byte[]... frames) {
        ByteBuf all = Unpooled.copiedBuffer("GET /socket HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(all, Unpooled.wrappedBuffer(frames)));
    }

    @Test
    void connections() {
        Fuzz.of("HTTP connections")
                .samples(
                        "GET /health?exclude=NOSPACE HTTP/1.1\r\nHost: a\r\n\r\n",
                        "POST /v3/kv/put HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}GET /version HTTP/1.0\r\n\r\n",
                        "POST /v3/watch HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n",
                        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
                .words("\r\n", "\n", "\0", " ", "HTTP/1.1", "HTTP/9.9", "%", "%zz", "%00", "?", "&", "Host: \r\n")
                .words("Content-Length: 99999999999999999999\r\n", "Content-Length: -1\r\n", "Connection: close\r\n")
                .words(
                        "Transfer-Encoding: chunked\r\n",
                        "Expect: 100-continue\r\n",
                        "ffffffffffffffff\r\n",
                        "7fffffff\r\n")
                .words("\u0016\u0003\u0001\u0002\0\u0001")
                .past("GET /%zz HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                .past("GET /%zr HTTP/1.1\r\n\r\n".repeat(400).getBytes(StandardCharsets.US_ASCII))
                .past(("GET / " + "\u00df".repeat(60_000) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1))
                .past(("GET / " + "\u00df".repeat(2_000) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1))
                .allocating(LONGEST_LINE_BYTES, 300)
                .run(HttpFuzzTest::receive);
    }
}
