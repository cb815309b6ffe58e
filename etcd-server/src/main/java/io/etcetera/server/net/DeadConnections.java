package io.etcetera.server.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection from whose other end nothing comes for too long, not even an answer to a ping. On the connection's event loop.
 *
 * <p>When an answer is overdue, gRPC resets the streams, and closes the connection once that is written. It flushes
 * nothing, though, so with a stream the connection would stay open for as long as nothing else is written to it: on a
 * dead one, until TCP gives up. The first time that nothing has come for long enough, this flushes; the second time
 * there is no room to write into either, and it closes.
 */
public final class DeadConnections extends IdleStateHandler {
    /** Behind gRPC's own timers, which run for as long. */
    private static final Duration SLACK = Duration.ofMillis(500);

    private DeadConnections(Duration silence) {
        super(silence.plus(SLACK).toMillis(), 0, 0, TimeUnit.MILLISECONDS);
    }

    /**
     * Server channels that watch over what they accept.
     *
     * @param silence how long nothing comes from a client that does not answer: interval and timeout of the pings
     */
    public static ChannelFactory<ServerChannel> closing(ChannelFactory<ServerChannel> factory, Duration silence) {
        return () -> {
            ServerChannel server = factory.newChannel();
            server.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object accepted) {
                    ((Channel) accepted).pipeline().addFirst(new DeadConnections(silence));
                    context.fireChannelRead(accepted);
                }
            });
            return server;
        };
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
        if (event.isFirst()) {
            context.channel().flush();
        } else {
            var unused = context.close(); // there is nobody to tell
        }
    }
}
