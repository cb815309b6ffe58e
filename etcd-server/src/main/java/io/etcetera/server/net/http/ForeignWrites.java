package io.etcetera.server.net.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;

/**
 * Lets HTTP and WebSocket messages through; what gRPC's server writes to a connection that it takes for its own ends the connection.
 * On the connection's event loop.
 */
final class ForeignWrites extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpObject || message instanceof WebSocketFrame || message instanceof ByteBuf) {
            var unused = context.write(message, promise); // the promise is the sender's
        } else {
            promise.setSuccess();
            var unused = context.close(); // there is nobody to tell
        }
    }
}
