package io.etcetera.server.tls;

import io.etcetera.server.text.EtcdUrls;
import io.netty.util.NetUtil;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which names and addresses a certificate is valid for: its subject alternative names and nothing else (RFC 6125), with
 * a wildcard standing for the whole first label alone.
 */
final class HostNames {
    private HostNames() {}

    /** @param host a name, or an address, which may be in brackets */
    static boolean matches(X509Certificate certificate, String host) {
        String plain = withoutBrackets(host);
        byte[] address = address(plain);
        if (address.length > 0) {
            return Certificates.ipAddresses(certificate).stream()
                    .anyMatch(candidate -> Arrays.equals(address, address(candidate)));
        }
        return Certificates.dnsNames(certificate).stream().anyMatch(pattern -> matches(pattern, plain));
    }

    /** Why it does not match, in Go's words. */
    static String mismatch(X509Certificate certificate, String host) {
        String plain = withoutBrackets(host);
        boolean address = address(plain).length > 0;
        List<String> valid = address ? Certificates.ipAddresses(certificate) : Certificates.dnsNames(certificate);
        if (address && valid.isEmpty()) {
            return "x509: cannot validate certificate for " + plain + " because it doesn't contain any IP SANs";
        }
        if (valid.isEmpty()) {
            return "x509: certificate is not valid for any names, but wanted to match " + plain;
        }
        return "x509: certificate is valid for " + String.join(", ", valid) + ", not " + plain;
    }

    static boolean matches(String pattern, String host) {
        String[] expected = labels(pattern);
        String[] actual = labels(host);
        if (expected.length != actual.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            boolean wildcard = i == 0 && expected[0].equals("*") && expected.length > 1;
            if (actual[i].isEmpty() || (!wildcard && !expected[i].equals(actual[i]))) {
                return false;
            }
        }
        return true;
    }

    private static String[] labels(String name) {
        String relative = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return relative.toLowerCase(Locale.ROOT).split("\\.", -1);
    }

    /** The bytes of a literal address; empty for anything else. */
    static byte[] address(String text) {
        byte[] bytes = EtcdUrls.isIpLiteral(text) ? NetUtil.createByteArrayFromIpAddressString(text) : null;
        return bytes == null ? new byte[0] : bytes;
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
