package io.etcetera.server.tls;

import io.etcetera.server.TimeSource;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a chain of certificates leads to a CA that is trusted, is valid now, and may be used for what it is
 * used for. The path is found and checked by Java (RFC 5280); what Go checks beyond that is added: the validity of the
 * CA itself, and the extended usages of every certificate on the path. Thread-safe.
 */
final class CertificateVerifier {
    private static final Logger log = LoggerFactory.getLogger(CertificateVerifier.class);
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final String PREFIX = "tls: failed to verify certificate: x509: ";

    private final TrustedCas cas;
    private final TimeSource time;

    /** @throws TlsMaterialException if the configured CAs, or those of the system, cannot be read */
    static CertificateVerifier of(TlsConfig config, TimeSource time) throws TlsMaterialException {
        return new CertificateVerifier(TrustedCas.load(config.trustedCaFile()), time);
    }

    /** What a certificate is shown for. */
    enum Usage {
        SERVER("1.3.6.1.5.5.7.3.1"),
        CLIENT("1.3.6.1.5.5.7.3.2");

        private final String oid;

        Usage(String oid) {
            this.oid = oid;
        }
    }

    CertificateVerifier(TrustedCas cas, TimeSource time) {
        this.cas = cas;
        this.time = time;
    }

    /** The CAs that somebody who is asked for a certificate is told. */
    X509Certificate[] namedCas() {
        return cas.named() ? cas.certificates().toArray(X509Certificate[]::new) : new X509Certificate[0];
    }

    /**
     * Checks a chain.
     *
     * @param chain the certificate in question, and in any order those that may lead from it to a CA
     * @throws UnknownAuthorityException with Go's words if no trusted CA has issued it
     * @throws CertificateExpiredException likewise if it is not valid any more, or not yet
     * @throws CertificateException likewise if it is no good for another reason
     */
    void verify(List<X509Certificate> chain, Usage usage) throws CertificateException {
        Instant now = Instant.ofEpochMilli(time.currentTimeMillis());
        checkTime(chain.get(0), now);
        for (X509Certificate certificate : path(chain, now)) {
            List<String> usages = certificate.getExtendedKeyUsage();
            if (usages != null && !usages.contains(usage.oid) && !usages.contains(ANY_USAGE)) {
                throw new CertificateException(PREFIX + "certificate specifies an incompatible key usage");
            }
        }
    }

    private List<X509Certificate> path(List<X509Certificate> chain, Instant now) throws CertificateException {
        X509Certificate leaf = chain.get(0);
        if (cas.certificates().contains(leaf)) {
            return List.of(leaf);
        }
        Set<TrustAnchor> anchors = cas.certificates().stream()
                .filter(ca -> isValid(ca, now))
                .map(ca -> new TrustAnchor(ca, null))
                .collect(Collectors.toSet());
        if (anchors.isEmpty()) {
            throw unknownAuthority();
        }
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(leaf);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            parameters.setRevocationEnabled(false); // there is a list of our own
            parameters.setDate(Date.from(now));
            PKIXCertPathBuilderResult result = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX").build(parameters);
            return withAnchor(result.getCertPath(), result.getTrustAnchor());
        } catch (CertPathBuilderException e) {
            log.atDebug().setCause(e).log("no path to a trusted CA");
            throw unknownAuthority();
        } catch (InvalidAlgorithmParameterException e) {
            throw new CertificateException(PREFIX + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has PKIX", e);
        }
    }

    private static List<X509Certificate> withAnchor(CertPath path, TrustAnchor anchor) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (Certificate certificate : path.getCertificates()) {
            certificates.add((X509Certificate) certificate);
        }
        certificates.add(anchor.getTrustedCert());
        return certificates;
    }

    private static CertificateException unknownAuthority() {
        return new UnknownAuthorityException(PREFIX + "certificate signed by unknown authority");
    }

    private static boolean isValid(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }

    private static void checkTime(X509Certificate certificate, Instant now) throws CertificateException {
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw invalidNow(now, "after", certificate.getNotAfter().toInstant());
        } else if (!isValid(certificate, now)) {
            throw invalidNow(now, "before", certificate.getNotBefore().toInstant());
        }
    }

    private static CertificateException invalidNow(Instant now, String side, Instant limit) {
        return new CertificateExpiredException(PREFIX + "certificate has expired or is not yet valid: current time "
                + now.truncatedTo(ChronoUnit.SECONDS) + " is " + side + " " + limit);
    }
}
