package io.etcetera.server.net;

import io.etcetera.server.TimeSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that speaks HTTP/1.1, at the end of its pipeline. One request at a time: the next one begins when its
 * predecessor has been answered, so that answers are in order. On the connection's event loop.
 */
final class HttpConnection extends ChannelDuplexHandler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int MAX_BODY_BYTES = 2 << 20;
    private static final long IDLE_SECONDS = 300;
    /** Requests that may wait behind one that is not answered yet before no more are read. */
    private static final int MAX_WAITING = 8;

    private final HttpHandler handler;
    private final TimeSource time;
    private final Queue<HttpRequest> waiting = new ArrayDeque<>();
    private boolean busy;

    private HttpConnection(HttpHandler handler, TimeSource time) {
        this.handler = handler;
        this.time = time;
    }

    static void append(ChannelPipeline pipeline, HttpHandler handler, TimeSource time) {
        pipeline.addLast(
                new IdleStateHandler(0, 0, IDLE_SECONDS, TimeUnit.SECONDS),
                new HttpServerCodec(),
                new HttpServerKeepAliveHandler(),
                new HttpObjectAggregator(MAX_BODY_BYTES),
                new HttpConnection(handler, time));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        FullHttpRequest received = (FullHttpRequest) message;
        try {
            if (received.decoderResult().isFailure()) {
                var unused = write(context, HttpReply.of(400, "text/plain; charset=utf-8", "400 Bad Request"))
                        .addListener(ChannelFutureListener.CLOSE);
                return;
            }
            waiting.add(requestOf(received));
        } finally {
            received.release();
        }
        if (waiting.size() >= MAX_WAITING) {
            context.channel().config().setAutoRead(false);
        }
        handleNext(context);
    }

    private void handleNext(ChannelHandlerContext context) {
        if (busy || waiting.isEmpty()) {
            return;
        }
        HttpRequest request = waiting.remove();
        if (waiting.isEmpty()) {
            context.channel().config().setAutoRead(true);
        }
        busy = true;
        AtomicBoolean answered = new AtomicBoolean();
        try {
            handler.handle(request, reply -> {
                if (answered.compareAndSet(false, true)) {
                    EventLoops.executeOn(context.executor(), () -> answer(context, reply));
                }
            });
        } catch (RuntimeException e) {
            LOG.error("request failed: {} {}", request.method(), request.path(), e);
            if (answered.compareAndSet(false, true)) {
                answer(context, HttpReply.error(500, "Internal Server Error"));
            }
        }
    }

    private static HttpRequest requestOf(FullHttpRequest received) {
        io.netty.handler.codec.http.HttpHeaders headers = received.headers();
        return new HttpRequest(
                received.method().name(),
                new QueryStringDecoder(received.uri()).path(),
                name -> Optional.ofNullable(headers.get(name)),
                ByteBufUtil.getBytes(received.content()));
    }

    private void answer(ChannelHandlerContext context, HttpReply reply) {
        var unused = write(context, reply).addListener((ChannelFutureListener) written -> {
            busy = false;
            handleNext(context);
        });
    }

    private ChannelFuture write(ChannelHandlerContext context, HttpReply reply) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(reply.status()), Unpooled.wrappedBuffer(reply.body()));
        reply.headers().forEach(response.headers()::set);
        response.headers()
                .set("Date", DATE.format(Instant.ofEpochMilli(time.currentTimeMillis())))
                .setInt("Content-Length", reply.body().length);
        return context.writeAndFlush(response);
    }

    /** Lets HTTP through; what gRPC's server writes to a connection that it takes for its own ends the connection. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpObject || message instanceof ByteBuf) {
            var unused = context.write(message, promise); // the promise is the sender's
        } else {
            promise.setSuccess();
            close(context);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            close(context);
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a connection is closed", cause);
        close(context);
    }

    private static void close(ChannelHandlerContext context) {
        var unused = context.close(); // there is nobody to tell
    }
}
