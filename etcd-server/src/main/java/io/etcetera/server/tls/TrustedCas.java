package io.etcetera.server.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The CAs that certificates have to come from. Read once, when the member starts, as in etcd.
 *
 * @param certificates of the CAs
 * @param named whether clients are told these names when they are asked for a certificate
 */
record TrustedCas(List<X509Certificate> certificates, boolean named) {
    TrustedCas {
        certificates = List.copyOf(certificates);
    }

    /** Those of a PEM file; those of the system if there is no file. */
    static TrustedCas load(String file) throws TlsMaterialException {
        if (file.isEmpty()) {
            return new TrustedCas(ofSystem(), false);
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (Pem.Block block : Pem.blocks(MaterialFile.read(file))) {
            certificates.add(Certificates.parse(block.der()));
        }
        return new TrustedCas(certificates, true);
    }

    private static List<X509Certificate> ofSystem() throws TlsMaterialException {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            @Nullable KeyStore systems = null;
            factory.init(systems);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager x509) {
                    return List.of(x509.getAcceptedIssuers());
                }
            }
            return List.of();
        } catch (GeneralSecurityException e) {
            throw new TlsMaterialException("x509: failed to load system roots and no roots provided", e);
        }
    }
}
