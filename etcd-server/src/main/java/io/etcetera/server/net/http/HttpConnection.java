package io.etcetera.server.net.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.security.cert.Certificate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that speaks HTTP/1.1, at the end of its pipeline. One request at a time: the next one begins when its
 * predecessor has been answered, so that answers are in order. On the connection's event loop.
 */
public final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final int MAX_HEADER_BYTES = 64 << 10;

    /**
     * Of the request line. What Netty does to its last word takes time and memory with the square of that, if it consists of a letter that
     * is two in upper case.
     */
    private static final int MAX_LINE_BYTES = 2 << 10;

    private static final long IDLE_SECONDS = 300;
    /** Requests that may wait behind one that is not answered yet before no more are read. */
    private static final int MAX_WAITING = 8;

    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServing serving;
    private final SlowRequests slowRequests;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private @Nullable Exchange current;
    private boolean refused;

    private record Waiting(HttpRequest request, HttpVersion version) {}

    private HttpConnection(HttpServing serving, SlowRequests slowRequests) {
        this.serving = serving;
        this.slowRequests = slowRequests;
    }

    /** Has a connection speak HTTP from the next byte on. */
    public static void append(ChannelPipeline pipeline, HttpServing serving) {
        SlowRequests slowRequests = new SlowRequests();
        pipeline.addLast(
                new IdleStateHandler(0, 0, IDLE_SECONDS, TimeUnit.SECONDS),
                slowRequests,
                new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES)),
                new HttpServerKeepAliveHandler(),
                new HttpObjectAggregator(serving.maxBodyBytes()),
                new ForeignWrites(),
                new HttpConnection(serving, slowRequests));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        FullHttpRequest received = (FullHttpRequest) message;
        slowRequests.completed();
        try {
            if (refused) {
                return; // the connection is being closed, whatever else has come with what was wrong
            }
            if (received.decoderResult().isFailure()) {
                refuse(context, received.decoderResult().cause());
                return;
            }
            waiting.add(new Waiting(requestOf(context, received), received.protocolVersion()));
        } catch (IllegalArgumentException e) {
            refuse(context, e); // a URL with bad escapes
            return;
        } finally {
            received.release();
        }
        if (waiting.size() >= MAX_WAITING) {
            context.channel().config().setAutoRead(false);
        }
        handleNext(context);
    }

    private void refuse(ChannelHandlerContext context, Throwable cause) {
        refused = true;
        HttpReply reply = cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException
                ? HttpReply.of(431, TEXT, "431 Request Header Fields Too Large")
                : HttpReply.of(400, TEXT, "400 Bad Request");
        var unused = new Exchange(context, HttpVersion.HTTP_1_1, serving, () -> {})
                .write(reply)
                .addListener(ChannelFutureListener.CLOSE);
    }

    private void handleNext(ChannelHandlerContext context) {
        if (current != null || waiting.isEmpty()) {
            return;
        }
        Waiting next = waiting.remove();
        if (waiting.isEmpty()) {
            context.channel().config().setAutoRead(true);
        }
        Exchange exchange = new Exchange(context, next.version(), serving, () -> {
            current = null;
            handleNext(context);
        });
        current = exchange;
        try {
            serving.service().serve(next.request(), exchange);
        } catch (RuntimeException e) {
            LOG.error(
                    "request failed: {} {}",
                    next.request().method(),
                    next.request().path(),
                    e);
            exchange.reply(HttpReply.error(500, "Internal Server Error"));
        }
    }

    private static HttpRequest requestOf(ChannelHandlerContext context, FullHttpRequest received) {
        QueryStringDecoder url = new QueryStringDecoder(received.uri());
        return new HttpRequest(
                received.method().name(),
                url.path(),
                url.parameters(),
                List.copyOf(received.headers().entries()),
                ByteBufUtil.getBytes(received.content()),
                Optional.ofNullable(context.pipeline().get(SslHandler.class)).map(HttpConnection::certificates));
    }

    private static List<Certificate> certificates(SslHandler tls) {
        try {
            return List.of(tls.engine().getSession().getPeerCertificates());
        } catch (SSLPeerUnverifiedException e) {
            return List.of(); // the client was not asked for one
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null) {
            current.writabilityChanged();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.clear();
        if (current != null) {
            current.abandon();
        }
        context.fireChannelInactive();
    }

    /** A connection whose client waits for an answer is silent with good reason. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof IdleStateEvent)) {
            context.fireUserEventTriggered(event);
        } else if (current == null) {
            close(context);
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
