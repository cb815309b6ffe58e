package io.etcetera.server.tls;

import io.etcetera.server.text.GoText;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;

/**
 * Whether a peer connects from an address that its certificate is valid for: one of its addresses, or one that belongs
 * to one of its names. A certificate with neither is valid from everywhere. Looks names up, so it may block.
 */
final class OriginCheck {
    private static final String WILDCARD = "*.";

    private final NameService names;

    OriginCheck(NameService names) {
        this.names = names;
    }

    /** @throws CertificateException with etcd's words if it is not */
    void check(X509Certificate certificate, InetAddress remote) throws CertificateException {
        List<String> dnsNames = Certificates.dnsNames(certificate);
        boolean addresses = !Certificates.ipAddresses(certificate).isEmpty();
        String host = remote.getHostAddress();
        if (addresses && HostNames.matches(certificate, host)) {
            return;
        }
        if (!dnsNames.isEmpty()) {
            if (!isOneOf(remote, dnsNames)) {
                throw new CertificateException("tls: " + GoText.quote(host) + " does not match any of DNSNames ["
                        + String.join(" ", dnsNames.stream().map(GoText::quote).toList()) + "]");
            }
        } else if (addresses) {
            throw new CertificateException(HostNames.mismatch(certificate, host));
        }
    }

    private boolean isOneOf(InetAddress remote, List<String> dnsNames) {
        for (String name : names.namesOf(remote)) {
            if (dnsNames.stream().anyMatch(dns -> covers(dns, name))) {
                return true;
            }
        }
        return dnsNames.stream()
                .filter(dns -> !dns.startsWith(WILDCARD))
                .anyMatch(dns -> names.addressesOf(dns).contains(remote));
    }

    /** Here, unlike elsewhere, a wildcard stands for any number of labels. */
    private static boolean covers(String dnsName, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String relative = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        String pattern = dnsName.toLowerCase(Locale.ROOT);
        return pattern.startsWith(WILDCARD) ? relative.endsWith(pattern.substring(1)) : relative.equals(pattern);
    }
}
