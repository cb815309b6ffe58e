package io.etcetera.server.net.http;

import io.etcetera.server.net.EventLoops;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The answer to one request of a connection. */
final class Exchange extends ConnectionAnswer implements HttpExchange {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final ChannelHandlerContext context;
    private final HttpVersion version;
    private final HttpServing serving;
    private final Runnable done;
    private final AtomicBoolean answered = new AtomicBoolean();

    /** @param done run on the event loop when the answer has been written */
    Exchange(ChannelHandlerContext context, HttpVersion version, HttpServing serving, Runnable done) {
        super(context.channel());
        this.context = context;
        this.version = version;
        this.serving = serving;
        this.done = done;
    }

    @Override
    public void reply(HttpReply answer) {
        if (answered.compareAndSet(false, true)) {
            EventLoops.executeOn(context.executor(), () -> {
                markEnded();
                var unused = write(answer).addListener((ChannelFutureListener) written -> done.run());
            });
        }
    }

    /** Writes an answer, whoever has answered before. */
    ChannelFuture write(HttpReply reply) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), Unpooled.wrappedBuffer(reply.body()));
        addHeaders(response, reply);
        response.headers().setInt("Content-Length", reply.body().length);
        return context.writeAndFlush(response);
    }

    @Override
    public HttpStream stream(HttpReply head) {
        answerOnce();
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(head.status()));
        addHeaders(response, head);
        // Who speaks 1.0 sees by the end of the connection that the answer has ended.
        if (!version.equals(HttpVersion.HTTP_1_0)) {
            response.headers().set("Transfer-Encoding", "chunked");
        }
        var unused = context.writeAndFlush(response); // what became of the connection shows when it ends
        if (head.body().length > 0) {
            write(head.body());
        }
        return this;
    }

    private void answerOnce() {
        if (!answered.compareAndSet(false, true)) {
            throw new IllegalStateException("the request has been answered");
        }
    }

    @Override
    public WebSocket upgrade(String key, Optional<String> protocol) {
        answerOnce();
        markEnded();
        return WebSocketHandshake.complete(context, key, protocol, serving.maxBodyBytes());
    }

    private void addHeaders(HttpResponse response, HttpReply reply) {
        reply.headers().forEach(response.headers()::set);
        response.headers()
                .set("Date", DATE.format(Instant.ofEpochMilli(serving.time().currentTimeMillis())));
    }

    @Override
    public void write(byte[] piece) {
        if (!hasEnded()) {
            var unused = context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)));
        }
    }

    @Override
    public void end() {
        if (tryEnd()) {
            var unused = context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                    .addListener((ChannelFutureListener) written -> done.run());
        }
    }
}
