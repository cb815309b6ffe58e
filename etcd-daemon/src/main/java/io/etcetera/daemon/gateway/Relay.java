package io.etcetera.daemon.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on what one connection brings to another, no faster than that takes it. When one ends, the other is closed behind what is
 * still on its way. On the event loop that both share.
 */
final class Relay extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    private final Channel target;

    private Relay(Channel target) {
        this.target = target;
    }

    static void between(Channel one, Channel other) {
        one.pipeline().addLast(new Relay(other));
        other.pipeline().addLast(new Relay(one));
        one.read();
        other.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        target.writeAndFlush(bytes).addListener(written -> {
            if (written.isSuccess()) {
                context.read();
            } else {
                var unused = context.close();
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        target.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("a connection broke", cause);
        var unused = context.close();
    }
}
