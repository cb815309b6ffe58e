package io.etcetera.server.tls;

import io.etcetera.server.TimeSource;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS of the connections that a member opens. Each gets a context of its own, so that it shows the
 * certificate as it is now, and checks the server's. The engine has to be told the host that it is to reach. Thread-safe.
 */
public final class ClientTls extends SslContext {
    private static final Logger log = LoggerFactory.getLogger(ClientTls.class);

    private final Optional<IdentityFiles> identity;
    private final ServerTrust trust;
    private final List<String> protocols;
    private final List<String> cipherSuites;
    private final SslContext template;

    ClientTls(TlsConfig config, Identities identities, ServerTrust trust) throws IOException {
        this.identity = identityOf(config, identities);
        this.trust = trust;
        this.protocols = TlsVersion.protocols(config.minVersion(), config.maxVersion());
        this.cipherSuites = CipherSuites.resolve(config.cipherSuites(), CipherSuites.ofJdk());
        this.template = build();
    }

    /**
     * TLS to servers.
     *
     * @param trustAll take whatever certificate a server shows
     * @param name what certificates have to be valid for, if that is not the host; empty for the host
     * @throws IOException with etcd's words, if the files are no good or the CAs of the system cannot be read
     */
    public static ClientTls open(TlsConfig config, boolean trustAll, String name, TimeSource time) throws IOException {
        return open(config, new Identities(), trustAll, name, time);
    }

    /** The same for a member that may show the same certificate elsewhere. */
    static ClientTls open(TlsConfig config, Identities identities, boolean trustAll, String name, TimeSource time)
            throws IOException {
        Material.check(config, identities);
        Optional<CertificateVerifier> verifier =
                trustAll ? Optional.empty() : Optional.of(CertificateVerifier.of(config, time));
        return new ClientTls(config, identities, new ServerTrust(verifier, name));
    }

    private static Optional<IdentityFiles> identityOf(TlsConfig config, Identities identities) {
        if (config.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                config.clientCertFile().isEmpty()
                        ? identities.of(config.certFile(), config.keyFile())
                        : identities.of(config.clientCertFile(), config.clientKeyFile()));
    }

    /**
     * The same for one connection that speaks HTTP/1.1, and so offers no protocol.
     *
     * @throws SSLException if Java refuses it
     */
    public SSLEngine newHttpEngine(String host, int port) throws SSLException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys().map(keys -> new KeyManager[] {keys}).orElse(null), new TrustManager[] {trust}, null);
            SSLEngine engine = context.createSSLEngine(host, port);
            engine.setUseClientMode(true);
            engine.setSSLParameters(
                    new SSLParameters(cipherSuites.toArray(String[]::new), protocols.toArray(String[]::new)));
            return engine;
        } catch (GeneralSecurityException e) {
            throw new SSLException(e);
        }
    }

    private Optional<HandshakeKeys> keys() {
        return identity.map(
                files -> new HandshakeKeys(files, "client", e -> log.debug("connecting without a certificate")));
    }

    @Override
    public boolean isClient() {
        return true;
    }

    @Override
    public List<String> cipherSuites() {
        return template.cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // the type that the overridden method has
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return template.applicationProtocolNegotiator();
    }

    @Override
    public SSLSessionContext sessionContext() {
        return template.sessionContext();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator alloc) {
        return fresh().newEngine(alloc);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator alloc, String peerHost, int peerPort) {
        return fresh().newEngine(alloc, peerHost, peerPort);
    }

    private SslContext fresh() {
        try {
            return build();
        } catch (SSLException e) {
            throw new IllegalStateException("this configuration worked when the member started", e);
        }
    }

    private SslContext build() throws SSLException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(trust)
                .endpointIdentificationAlgorithm(null) // the trust manager does that, without common names
                .protocols(protocols)
                .ciphers(cipherSuites)
                .applicationProtocolConfig(PortTerms.offering(ServerTls.HTTP2));
        keys().ifPresent(builder::keyManager);
        return builder.build();
    }
}
