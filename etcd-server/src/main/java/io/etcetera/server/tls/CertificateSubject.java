package io.etcetera.server.tls;

import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Whose the certificate is that the other end of a connection has shown. */
public final class CertificateSubject {
    private CertificateSubject() {}

    /** The common name, which may be empty; nothing if there is no certificate. */
    public static Optional<String> commonName(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? Optional.of(Certificates.commonName(certificate))
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty(); // what the session says of those that were not asked for one
        }
    }
}
