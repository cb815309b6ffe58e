package io.etcetera.server.net.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which a request has begun and does not get finished. Sees the bytes before they are decoded, and is told when
 * that has made a request. On the connection's event loop.
 */
final class SlowRequests extends ChannelInboundHandlerAdapter {
    /** From the first byte of a request to its last. */
    static final long LIMIT_SECONDS = 60;

    private @Nullable Future<?> limit;

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (limit == null) {
            schedule(context);
        }
        context.fireChannelRead(bytes);
    }

    private void schedule(ChannelHandlerContext context) {
        limit = context.executor().schedule(() -> expired(context), LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private void expired(ChannelHandlerContext context) {
        if (context.channel().config().isAutoRead()) {
            var unused = context.close(); // who does not get as far as to ask expects no answer
        } else {
            schedule(context); // it is we who do not read
        }
    }

    /** A request is complete. */
    void completed() {
        if (limit != null) {
            limit.cancel(false);
            limit = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        completed();
        context.fireChannelInactive();
    }
}
