package io.etcetera.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;

/** TLS by the JDK. Each connection gets a context of its own, since a context of Java's cannot be kept from resuming sessions. */
final class JdkEngines implements ServerEngines {
    private static final SocketAddress ANYWHERE = new InetSocketAddress(0);

    private final PortTerms terms;
    private final List<String> suites;

    /**
     * Makes sure that Java has what the terms ask for.
     *
     * @throws TlsMaterialException with etcd's words if it would not know one of the cipher suites
     * @throws SSLException if Java refuses something else
     */
    JdkEngines(PortTerms terms) throws TlsMaterialException, SSLException {
        this.terms = terms;
        this.suites = CipherSuites.resolve(terms.cipherSuites(), CipherSuites.ofJdk());
        context(new HandshakeRecord(ANYWHERE, ANYWHERE), ServerTls.HTTP2).newEngine(ByteBufAllocator.DEFAULT);
    }

    @Override
    public SslHandler newHandler(
            ByteBufAllocator allocator, HandshakeRecord handshake, List<String> applicationProtocols, Executor executor)
            throws SSLException {
        SslHandler handler = context(handshake, applicationProtocols).newHandler(allocator, executor);
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setSNIMatchers(List.of(noting(handshake)));
        handler.engine().setSSLParameters(parameters);
        return handler;
    }

    private SslContext context(HandshakeRecord handshake, List<String> applicationProtocols) throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forServer(terms.keys(handshake))
                .sslProvider(SslProvider.JDK)
                .trustManager(terms.trust(handshake));
        return terms.applyTo(builder, suites, applicationProtocols).build();
    }

    /** Takes every name: there is one certificate for all. */
    private static SNIMatcher noting(HandshakeRecord handshake) {
        return new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
            @Override
            public boolean matches(SNIServerName name) {
                // By its bytes: Java takes some names for none, those with an underscore among them.
                handshake.askedFor(new String(name.getEncoded(), StandardCharsets.US_ASCII));
                return true;
            }
        };
    }

    @Override
    public void close() {
        // what a connection needs is its own, and collected with it
    }
}
