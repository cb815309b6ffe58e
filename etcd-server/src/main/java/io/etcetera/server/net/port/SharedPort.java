package io.etcetera.server.net.port;

import io.etcetera.server.net.http.HttpServing;
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
import java.util.List;
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
     * @param tls what connections begin with, if there is any
     * @param plainToo serve clients that do not speak TLS all the same
     * @param protocols that TLS offers, the preferred one first
     */
    public static NettyServerBuilder forAddress(
            SocketAddress address,
            HttpServing http,
            Optional<ServerTls> tls,
            boolean plainToo,
            List<String> protocols) {
        ServerCredentials credentials =
                tls.map(secure -> secure(secure, http, plainToo, protocols)).orElseGet(() -> plain(http));
        return NettyServerBuilder.forAddress(address, credentials)
                // To gRPC, a connection that speaks HTTP/1.1 is one whose handshake never ends. Ours has a limit of its
                // own.
                .handshakeTimeout(Long.MAX_VALUE, TimeUnit.MILLISECONDS);
    }

    private static ServerCredentials secure(ServerTls tls, HttpServing http, boolean plainToo, List<String> protocols) {
        return InternalNettyServerCredentials.create(new TlsNegotiator(
                tls,
                plainToo,
                protocols,
                grpc -> new ProtocolDetector(InternalProtocolNegotiators.grpcNegotiationHandler(grpc), http)));
    }

    private static ServerCredentials plain(HttpServing http) {
        ProtocolNegotiator plaintext = InternalProtocolNegotiators.serverPlaintext();
        return InternalNettyServerCredentials.create(new ProtocolNegotiator() {
            @Override
            public AsciiString scheme() {
                return plaintext.scheme();
            }

            @Override
            public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
                return new ProtocolDetector(plaintext.newHandler(grpc), http);
            }

            @Override
            public void close() {
                plaintext.close();
            }
        });
    }
}
