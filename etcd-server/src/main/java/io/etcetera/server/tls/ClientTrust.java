package io.etcetera.server.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Applies a port's rules to the certificate in one handshake, and notes the outcome. */
final class ClientTrust extends X509ExtendedTrustManager {
    private final ClientRules rules;
    private final HandshakeRecord handshake;

    ClientTrust(ClientRules rules, HandshakeRecord handshake) {
        this.rules = rules;
        this.handshake = handshake;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            rules.check(List.of(chain), handshake);
        } catch (CertificateException e) {
            handshake.refused(e);
            throw e;
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return rules.namedCas();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw onlyForClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw onlyForClients();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw onlyForClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw onlyForClients();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw onlyForClients();
    }

    private static CertificateException onlyForClients() {
        return new CertificateException("this decides about clients of an engine alone");
    }
}
