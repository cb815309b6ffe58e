package io.etcetera.server.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;

/** Applies a port's rules to the certificate in one handshake, and notes the outcome. */
final class ClientTrust extends EngineTrust {
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
}
