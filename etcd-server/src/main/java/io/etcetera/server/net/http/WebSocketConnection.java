package io.etcetera.server.net.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives whole messages of a WebSocket, at the end of the connection's pipeline. On the connection's event loop. */
final class WebSocketConnection extends SimpleChannelInboundHandler<Object> {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketConnection.class);

    private final WebSocketAnswer answer;
    private final SlowRequests slowRequests;
    private boolean asked;

    WebSocketConnection(WebSocketAnswer answer, SlowRequests slowRequests) {
        this.answer = answer;
        this.slowRequests = slowRequests;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
        slowRequests.completed();
        if (message instanceof PingWebSocketFrame ping) {
            pong(context, ping);
        } else if (message instanceof CloseWebSocketFrame close) {
            int status = close.statusCode();
            end(context, status < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(status, ""));
        } else if (message instanceof WebSocketFrame frame) {
            if (!(frame instanceof PongWebSocketFrame)) {
                asked = true;
                answer.received(ByteBufUtil.getBytes(frame.content()));
            }
        } else if (message instanceof ByteBuf early) {
            // Sent before the end of the handshake: only HTTP's decoder has seen it.
            context.pipeline().context(slowRequests).fireChannelRead(early.retain());
        } else {
            close(context); // HTTP's decoder has taken it for a request
        }
    }

    /** Who pings and does not read is not answered: the answers would be held in memory. */
    private static void pong(ChannelHandlerContext context, PingWebSocketFrame ping) {
        if (context.channel().isWritable()) {
            var unused =
                    context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
        }
    }

    private void end(ChannelHandlerContext context, CloseWebSocketFrame last) {
        answer.abandon();
        var unused = context.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        answer.writabilityChanged();
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        answer.abandon();
        context.fireChannelInactive();
    }

    /** Who has asked for something may be silent, and so may the answer, for as long as they like. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof IdleStateEvent)) {
            context.fireUserEventTriggered(event);
        } else if (!asked) {
            close(context);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a WebSocket is closed", cause);
        if (cause instanceof TooLongFrameException) {
            end(context, new CloseWebSocketFrame(WebSocketCloseStatus.MESSAGE_TOO_BIG));
        } else if (cause instanceof CorruptedWebSocketFrameException) {
            answer.abandon(); // the decoder tells the client, and closes
        } else {
            close(context);
        }
    }

    private static void close(ChannelHandlerContext context) {
        var unused = context.close(); // there is nobody to tell
    }
}
