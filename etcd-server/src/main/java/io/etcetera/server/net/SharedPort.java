package io.etcetera.server.net;

import io.etcetera.server.TimeSource;
import io.etcetera.server.tls.ServerTls;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * One port with two protocols: gRPC for who begins as HTTP/2 does, plain HTTP for everybody else. Put in the place where
 * gRPC settles the protocol of a connection, before its own handler.
 */
public final class SharedPort {
    private SharedPort() {}

    /**
     * A gRPC server that leaves what is not gRPC to {@code http}.
     *
     * @param tls what every connection begins with, if there is any
     */
    public static NettyServerBuilder forAddress(
            SocketAddress address, HttpHandler http, Optional<ServerTls> tls, TimeSource time) {
        ServerCredentials credentials =
                tls.map(secure -> secure(secure, http, time)).orElseGet(() -> plain(http, time));
        return NettyServerBuilder.forAddress(address, credentials)
                // To gRPC, a connection that speaks HTTP/1.1 is one whose handshake never ends. Ours has a limit of its
                // own.
                .handshakeTimeout(Long.MAX_VALUE, TimeUnit.MILLISECONDS);
    }

    private static ServerCredentials secure(ServerTls tls, HttpHandler http, TimeSource time) {
        return InternalNettyServerCredentials.create(new TlsNegotiator(
                tls,
                false,
                grpc -> new ProtocolDetector(InternalProtocolNegotiators.grpcNegotiationHandler(grpc), http, time)));
    }

    private static ServerCredentials plain(HttpHandler http, TimeSource time) {
        ProtocolNegotiator plaintext = InternalProtocolNegotiators.serverPlaintext();
        return InternalNettyServerCredentials.create(new ProtocolNegotiator() {
            @Override
            public AsciiString scheme() {
                return plaintext.scheme();
            }

            @Override
            public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
                return new ProtocolDetector(plaintext.newHandler(grpc), http, time);
            }

            @Override
            public void close() {
                plaintext.close();
            }
        });
    }
}
