package io.etcetera.server.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * TLS of the connections that a port accepts. Each gets a context of its own: none can resume the session of another, so
 * every one is asked for its certificate and checked against the files as they are now. Thread-safe.
 */
public final class ServerTls {
    /** What a port that speaks only gRPC offers. */
    public static final List<String> HTTP2 = List.of("h2");

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
    private static final SocketAddress ANYWHERE = new InetSocketAddress(0);
    private static final long HANDSHAKE_MILLIS = 10_000;

    private final IdentityFiles identity;
    private final ClientAuth clientAuth;
    private final ClientRules rules;
    private final List<String> protocols;
    private final List<String> cipherSuites;
    private final Executor executor;
    private final String rejected;

    /**
     * Makes sure that Java has what this asks for.
     *
     * @param rejected the message of the log for a handshake that failed
     */
    ServerTls(TlsConfig config, Identities identities, ClientRules rules, Executor executor, String rejected)
            throws IOException {
        this.identity = identities.of(config.certFile(), config.keyFile());
        this.clientAuth = config.wantsClientCertificate() ? ClientAuth.REQUIRE : ClientAuth.NONE;
        this.rules = rules;
        this.protocols = TlsVersion.protocols(config.minVersion(), config.maxVersion());
        this.cipherSuites = CipherSuites.resolve(config.cipherSuites());
        this.executor = executor;
        this.rejected = rejected;
        context(new HandshakeRecord(ANYWHERE, ANYWHERE), HTTP2).newEngine(ByteBufAllocator.DEFAULT);
    }

    /**
     * A handler for a connection that was accepted; to be added where plain bytes come in. It logs a handshake that
     * fails, and closes the connection then. Its handshake takes 10 s at most.
     *
     * @param applicationProtocols to offer (ALPN), the preferred one first; who knows none of them is let in all the same
     * @throws SSLException if Java refuses a configuration that it took when the member started
     */
    public SslHandler newHandler(Channel channel, List<String> applicationProtocols) throws SSLException {
        HandshakeRecord handshake = new HandshakeRecord(channel.remoteAddress(), channel.localAddress());
        SslHandler handler = context(handshake, applicationProtocols).newHandler(channel.alloc(), executor);
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setSNIMatchers(List.of(noting(handshake)));
        handler.engine().setSSLParameters(parameters);
        handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
        handler.handshakeFuture().addListener(future -> {
            if (!future.isSuccess()) {
                logRejected(handshake, future.cause());
            }
        });
        return handler;
    }

    private SslContext context(HandshakeRecord handshake, List<String> applicationProtocols) throws SSLException {
        return SslContextBuilder.forServer(new HandshakeKeys(identity, "peer", handshake::refused))
                .sslProvider(SslProvider.JDK)
                .trustManager(new ClientTrust(rules, handshake))
                .clientAuth(clientAuth)
                .protocols(protocols)
                .ciphers(cipherSuites)
                .applicationProtocolConfig(offering(applicationProtocols))
                .build();
    }

    static ApplicationProtocolConfig offering(List<String> applicationProtocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                applicationProtocols);
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

    private void logRejected(HandshakeRecord handshake, Throwable failure) {
        String error = HandshakeErrors.describe(failure, handshake);
        // Whoever only looks whether the port is open would fill the log.
        var event = log.atLevel(error.equals(HandshakeErrors.EOF) ? Level.DEBUG : Level.WARN)
                .addKeyValue("remote-addr", handshake.remote())
                .addKeyValue("server-name", handshake.serverName());
        if (!handshake.verified().isEmpty()) {
            event = event.addKeyValue(
                            "ip-addresses",
                            Certificates.ipAddresses(handshake.verified().get(0)))
                    .addKeyValue(
                            "dns-names",
                            Certificates.dnsNames(handshake.verified().get(0)));
        }
        event.addKeyValue("error", error).log(rejected);
    }
}
