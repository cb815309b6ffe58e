package io.etcetera.server.net.port;

import io.etcetera.server.tls.ServerTls;
import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins connections with TLS, and hands them over when the client has been let in. gRPC's own way would do the
 * costly parts of a handshake on the event loop, and tell nobody why one failed. On the connection's event loop.
 *
 * <p>Calls find the session, and in it the client's certificate, under {@link Grpc#TRANSPORT_ATTR_SSL_SESSION}.
 */
public final class TlsNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
    private static final Logger log = LoggerFactory.getLogger(TlsNegotiator.class);
    private static final AsciiString SCHEME = AsciiString.of("https");

    private final ServerTls tls;
    private final boolean plainToo;
    private final List<String> protocols;
    private final Function<GrpcHttp2ConnectionHandler, ChannelHandler> next;

    /**
     * Hands over to gRPC.
     *
     * @param plainToo serve clients that do not speak TLS, without it
     */
    public TlsNegotiator(ServerTls tls, boolean plainToo) {
        this(tls, plainToo, ServerTls.HTTP2, InternalProtocolNegotiators::grpcNegotiationHandler);
    }

    /**
     * Hands over to somebody else.
     *
     * @param protocols to offer, the preferred one first
     * @param next whom to hand over to, instead of gRPC's own handler
     */
    TlsNegotiator(
            ServerTls tls,
            boolean plainToo,
            List<String> protocols,
            Function<GrpcHttp2ConnectionHandler, ChannelHandler> next) {
        this.tls = tls;
        this.plainToo = plainToo;
        this.protocols = protocols;
        this.next = next;
    }

    @Override
    public AsciiString scheme() {
        return SCHEME;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return InternalProtocolNegotiators.waitUntilActiveHandler(
                new Handover(next.apply(grpc)), grpc.getNegotiationLogger());
    }

    @Override
    public void close() {
        // nothing is shared between connections but what others own
    }

    /** Waits for what comes first to end, and then lets the next handler take this place. */
    private final class Handover extends ChannelInboundHandlerAdapter {
        private final ChannelHandler next;
        private boolean failed;
        private ProtocolNegotiationEvent negotiation = InternalProtocolNegotiationEvent.getDefault();

        Handover(ChannelHandler next) {
            this.next = next;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) throws Exception {
            ChannelHandler first =
                    plainToo ? new TlsOrPlain(tls, protocols) : tls.newHandler(context.channel(), protocols);
            context.pipeline().addBefore(context.name(), null, first);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
            if (event instanceof ProtocolNegotiationEvent begin) {
                negotiation = begin;
            } else if (event == TlsOrPlain.PLAIN) {
                proceed(context, negotiation);
            } else if (event instanceof SslHandshakeCompletionEvent handshake) {
                completed(context, handshake);
            } else {
                super.userEventTriggered(context, event);
            }
        }

        /** A failed handshake has been logged, and may well have several exceptions. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
            if (failed) {
                log.atDebug().setCause(cause).log("after the end of a handshake");
            } else {
                super.exceptionCaught(context, cause);
            }
        }

        private void completed(ChannelHandlerContext context, SslHandshakeCompletionEvent handshake) {
            if (!handshake.isSuccess()) {
                failed = true;
                var unused = context.close(); // whoever was waiting for this connection learns it that way
                return;
            }
            SslHandler handler = context.pipeline().get(SslHandler.class);
            var attributes = InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
                    .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, handler.engine().getSession())
                    .build();
            proceed(context, InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
        }

        private void proceed(ChannelHandlerContext context, ProtocolNegotiationEvent outcome) {
            context.pipeline().replace(this, null, next);
            // The context is out of the pipeline, but still leads on to the handler that took its place.
            context.fireUserEventTriggered(outcome);
        }
    }
}
