package io.etcetera.server.tls;

import io.etcetera.server.text.GoText;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names of cipher suites: those that etcd takes, and what Java calls them. */
final class CipherSuites {
    private static final Logger log = LoggerFactory.getLogger(CipherSuites.class);

    /** Those of TLS 1.3 are not for choosing. */
    private static final List<String> TLS_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /** One of them is what every HTTP/2 client can speak (RFC 7540, 9.2.2). */
    private static final List<String> REQUIRED_BY_HTTP2 =
            List.of("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");

    /** The suites of TLS 1.2 that HTTP/2 does not forbid. */
    private static final List<String> USUAL = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final Set<String> OTHERS = Set.of(
            "TLS_RSA_WITH_RC4_128_SHA",
            "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA",
            "TLS_RSA_WITH_AES_256_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256");

    private CipherSuites() {}

    /**
     * The suites to enable, by Java's names. What is configured and not supported is left out with a warning.
     *
     * @param names as configured; empty means the usual ones
     * @param supported by who does the work
     * @throws TlsMaterialException with etcd's words if it would not know one of them
     */
    static List<String> resolve(List<String> names, Set<String> supported) throws TlsMaterialException {
        List<String> enabled = new ArrayList<>(TLS_1_3);
        for (String name : names.isEmpty() ? USUAL : names) {
            String suite = canonical(name);
            if (supported.contains(suite)) {
                enabled.add(suite);
            } else if (!names.isEmpty()) {
                log.atWarn()
                        .addKeyValue("cipher-suite", name)
                        .log("this Java has no such cipher suite; leaving it out");
            }
        }
        return enabled.stream().distinct().filter(supported::contains).toList();
    }

    /**
     * A suite that is configured, and that some lack and others have; empty if there is none.
     *
     * @throws TlsMaterialException with etcd's words if it would not know one of the names
     */
    static Optional<String> lacking(List<String> names, Set<String> some, Set<String> others)
            throws TlsMaterialException {
        for (String name : names) {
            String suite = canonical(name);
            if (!some.contains(suite) && others.contains(suite)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /** @throws TlsMaterialException with etcd's words if it would not know one of them */
    static void check(List<String> names) throws TlsMaterialException {
        for (String name : names) {
            canonical(name);
        }
    }

    /** @throws TlsMaterialException with etcd's words if HTTP/2 lacks what it has to have */
    static void checkForHttp2(List<String> names) throws TlsMaterialException {
        if (!names.isEmpty() && REQUIRED_BY_HTTP2.stream().noneMatch(names::contains)) {
            throw new TlsMaterialException("http2: TLSConfig.CipherSuites is missing an HTTP/2-required"
                    + " AES_128_GCM_SHA256 cipher (need at least one of "
                    + String.join(" or ", REQUIRED_BY_HTTP2) + ")");
        }
    }

    private static String canonical(String name) throws TlsMaterialException {
        // Go had these without the hash at first, and etcd still takes them.
        String full = name.matches("TLS_ECDHE_(RSA|ECDSA)_WITH_CHACHA20_POLY1305") ? name + "_SHA256" : name;
        if (!USUAL.contains(full) && !TLS_1_3.contains(full) && !OTHERS.contains(full)) {
            throw new TlsMaterialException("unexpected TLS cipher suite " + GoText.quote(name));
        }
        return full.startsWith("TLS_RSA_WITH_RC4") || full.equals("TLS_RSA_WITH_3DES_EDE_CBC_SHA")
                ? "SSL" + full.substring("TLS".length())
                : full;
    }

    /** Those that this Java has. */
    static Set<String> ofJdk() {
        try {
            // Not the default context: that reads the certificates of all CAs of the system.
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return Set.copyOf(Arrays.asList(context.getSupportedSSLParameters().getCipherSuites()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }
}
