package io.etcetera.server.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.List;

/**
 * What a port shows, asks for and agrees to, whoever does the work. Immutable.
 *
 * @param identity of the port
 * @param clientAuth whether those who connect need a certificate
 * @param rules for that certificate
 * @param versions to speak, by Java's names
 * @param cipherSuites as configured; empty means the usual ones
 */
record PortTerms(
        IdentityFiles identity,
        ClientAuth clientAuth,
        ClientRules rules,
        List<String> versions,
        List<String> cipherSuites) {

    static PortTerms of(TlsConfig config, Identities identities, ClientRules rules) {
        return new PortTerms(
                identities.of(config.certFile(), config.keyFile()),
                config.wantsClientCertificate() ? ClientAuth.REQUIRE : ClientAuth.NONE,
                rules,
                TlsVersion.protocols(config.minVersion(), config.maxVersion()),
                config.cipherSuites());
    }

    /** What may be read and decided anew for each connection. */
    HandshakeKeys keys(HandshakeRecord handshake) {
        return new HandshakeKeys(identity, "peer", handshake::refused);
    }

    /** The rules for one connection. */
    ClientTrust trust(HandshakeRecord handshake) {
        return new ClientTrust(rules, handshake);
    }

    /**
     * Puts everything else into a context.
     *
     * @param suites to speak, by Java's names
     * @param applicationProtocols to offer (ALPN), the preferred one first
     */
    SslContextBuilder applyTo(SslContextBuilder builder, List<String> suites, List<String> applicationProtocols) {
        return builder.clientAuth(clientAuth)
                .protocols(versions)
                .ciphers(suites)
                .applicationProtocolConfig(offering(applicationProtocols));
    }

    /** Who knows none of the protocols is let in all the same. */
    static ApplicationProtocolConfig offering(List<String> applicationProtocols) {
        return new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                applicationProtocols);
    }
}
