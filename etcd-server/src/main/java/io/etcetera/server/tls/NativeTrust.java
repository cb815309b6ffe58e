package io.etcetera.server.tls;

import io.etcetera.server.tls.NativeEngines.Underway;
import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLEngine;

/**
 * Asks the rules of the one handshake that is in question, and has clients that are refused told why by the alert that
 * etcd sends. Thread-safe.
 */
final class NativeTrust extends EngineTrust {
    private final Map<SSLEngine, Underway> underway;
    private final ClientRules rules;

    NativeTrust(Map<SSLEngine, Underway> underway, ClientRules rules) {
        this.underway = underway;
        this.rules = rules;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        Underway one = underway.get(engine);
        if (one == null) {
            throw new CertificateException("the handshake has ended meanwhile");
        }
        try {
            one.trust().checkClientTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            throw new OpenSslCertificateException(e.getMessage(), e, problem(e));
        }
    }

    /** A number of OpenSSL's, which stands for an alert. */
    private static int problem(CertificateException e) {
        if (e instanceof UnknownAuthorityException) {
            return CertificateVerifier.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
        } else if (e instanceof CertificateExpiredException) {
            return CertificateVerifier.X509_V_ERR_CERT_HAS_EXPIRED;
        }
        return CertificateVerifier.X509_V_ERR_CERT_REJECTED;
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return rules.namedCas();
    }
}
