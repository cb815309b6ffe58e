package io.etcetera.server.net.port;

import io.etcetera.server.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Looks at the first byte of a connection, and gives its place to TLS if that is what the client speaks. On the
 * connection's event loop.
 */
final class TlsOrPlain extends ByteToMessageDecoder {
    /** The event that tells the handlers behind this one that there will be no handshake. */
    static final Object PLAIN = new Object();

    /** The first byte of a handshake (RFC 8446, 5.1), with which nothing that is not TLS begins here. */
    private static final int HANDSHAKE_RECORD = 22;

    private final ServerTls tls;
    private final List<String> protocols;

    /** @param protocols that TLS offers, the preferred one first */
    TlsOrPlain(ServerTls tls, List<String> protocols) {
        this.tls = tls;
        this.protocols = protocols;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (!in.isReadable()) {
            return;
        }
        if (in.getByte(in.readerIndex()) == HANDSHAKE_RECORD) {
            context.pipeline().replace(this, null, tls.newHandler(context.channel(), protocols));
        } else {
            context.fireUserEventTriggered(PLAIN);
            context.pipeline().remove(this); // which passes on what it has read
        }
    }
}
