package io.etcetera.server.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What a port asks of the certificates of those who connect to it. May read a file and look names up, so it may block.
 * Thread-safe.
 *
 * @param verifier checks where it comes from; empty if clients are not asked for any
 * @param allowedCommonNames if not empty, those that it may have
 * @param allowedHostnames if not empty, one of those that it has to be valid for
 * @param revocations serial numbers that are refused
 * @param origin whether it has to be valid for the address that the client connects from
 */
record ClientRules(
        Optional<CertificateVerifier> verifier,
        List<String> allowedCommonNames,
        List<String> allowedHostnames,
        Optional<RevocationList> revocations,
        Optional<OriginCheck> origin) {

    /** @throws CertificateException with etcd's words if the client is to be refused */
    void check(List<X509Certificate> chain, HandshakeRecord handshake) throws CertificateException {
        if (verifier.isEmpty()) {
            throw new CertificateException("tls: a certificate that nobody asked for");
        }
        verifier.get().verify(chain, CertificateVerifier.Usage.CLIENT);
        X509Certificate certificate = chain.get(0);
        if (!isAllowed(certificate)) {
            throw new CertificateException("client certificate authentication failed");
        }
        handshake.verified(chain);
        if (origin.isPresent() && handshake.remoteIp().isPresent()) {
            origin.get().check(certificate, handshake.remoteIp().get());
        }
        if (revocations.isPresent()) {
            revocations.get().check(chain);
        }
    }

    /** The CAs that a client is told when it is asked for a certificate. */
    X509Certificate[] namedCas() {
        return verifier.map(CertificateVerifier::namedCas).orElseGet(() -> new X509Certificate[0]);
    }

    private boolean isAllowed(X509Certificate certificate) {
        if (!allowedCommonNames.isEmpty()) {
            return allowedCommonNames.contains(Certificates.commonName(certificate));
        }
        return allowedHostnames.isEmpty()
                || allowedHostnames.stream().anyMatch(name -> HostNames.matches(certificate, name));
    }
}
