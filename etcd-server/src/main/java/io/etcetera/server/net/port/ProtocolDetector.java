package io.etcetera.server.net.port;

import io.etcetera.server.net.DeadConnections;
import io.etcetera.server.net.http.HttpConnection;
import io.etcetera.server.net.http.HttpServing;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first bytes of a connection and makes way for who can read them. On the connection's event loop; a
 * connection that says nothing for long is closed.
 */
final class ProtocolDetector extends ByteToMessageDecoder {
    private static final byte[] HTTP2_PREFACE = "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long SILENCE_SECONDS = 120;
    /** With this, no request begins, but TLS does (RFC 8446, 5.1). */
    private static final int TLS_HANDSHAKE = 22;

    private static final Logger log = LoggerFactory.getLogger(ProtocolDetector.class);

    private final ChannelHandler grpc;
    private final HttpServing http;
    private ProtocolNegotiationEvent negotiated = InternalProtocolNegotiationEvent.getDefault();
    private @Nullable Future<?> timeout;

    /** @param grpc what gRPC would have put here */
    ProtocolDetector(ChannelHandler grpc, HttpServing http) {
        this.grpc = grpc;
        this.http = http;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        timeout = context.executor().schedule(() -> close(context), SILENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void close(ChannelHandlerContext context) {
        var unused = context.close(); // there is nobody to tell
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ProtocolNegotiationEvent negotiation) {
            // Meant for the handler that comes after, which is not there yet.
            negotiated = negotiation;
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int seen = Math.min(in.readableBytes(), HTTP2_PREFACE.length);
        if (seen > 0 && in.getByte(in.readerIndex()) == TLS_HANDSHAKE) {
            refuseTls(context, in);
            return;
        }
        for (int i = 0; i < seen; i++) {
            if (in.getByte(in.readerIndex() + i) != HTTP2_PREFACE[i]) {
                makeWayForHttp(context);
                return;
            }
        }
        if (seen == HTTP2_PREFACE.length) {
            makeWayForGrpc(context);
        }
    }

    /** Who goes on waiting for the other half of a handshake would do so for long. */
    private static void refuseTls(ChannelHandlerContext context, ByteBuf in) {
        log.atWarn()
                .addKeyValue("remote-addr", context.channel().remoteAddress())
                .log("rejected a client that speaks TLS, where there is none");
        in.skipBytes(in.readableBytes());
        close(context);
    }

    // Removing this handler passes on what it has read.

    private void makeWayForGrpc(ChannelHandlerContext context) {
        context.pipeline().addAfter(context.name(), null, grpc);
        context.fireUserEventTriggered(negotiated);
        context.pipeline().remove(this);
    }

    private void makeWayForHttp(ChannelHandlerContext context) {
        ChannelPipeline pipeline = context.pipeline();
        while (pipeline.last() != this) {
            pipeline.removeLast(); // gRPC's, which waits for a handshake that will not come
        }
        if (pipeline.get(DeadConnections.class) != null) {
            // It counts on pings, and HTTP/1.1 has none: a client that only listens is silent for as long as it likes.
            pipeline.remove(DeadConnections.class);
        }
        HttpConnection.append(pipeline, http);
        pipeline.remove(this);
    }
}
