package io.etcetera.server.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Decides about the servers that we connect to: the certificate has to come from a trusted CA, and to be valid for the
 * host that we meant to reach.
 */
final class ServerTrust extends EngineTrust {
    private final Optional<CertificateVerifier> verifier;
    private final String name;

    /**
     * Decides with a verifier.
     *
     * @param verifier empty means that every server is trusted, for nobody can check one that signed for itself
     * @param name what certificates have to be valid for, if that is not the host; empty for the host
     */
    ServerTrust(Optional<CertificateVerifier> verifier, String name) {
        this.verifier = verifier;
        this.name = name;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        if (verifier.isEmpty()) {
            return;
        }
        verifier.get().verify(List.of(chain), CertificateVerifier.Usage.SERVER);
        @Nullable String host = name.isEmpty() ? engine.getPeerHost() : name;
        if (host == null) {
            throw new CertificateException("tls: the name of the server is not known");
        }
        if (!HostNames.matches(chain[0], host)) {
            throw new CertificateException("tls: failed to verify certificate: " + HostNames.mismatch(chain[0], host));
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
