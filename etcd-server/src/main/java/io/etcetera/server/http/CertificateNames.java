package io.etcetera.server.http;

import io.etcetera.server.net.http.HttpRequest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/**
 * Whether a client would be mistaken about who it is: with gRPC, the common name of its certificate is its user, and the
 * gateway does not go by that.
 *
 * @param commonNames whether the member goes by common names at all
 * @param authEnabled whether requests need a user
 */
record CertificateNames(boolean commonNames, BooleanSupplier authEnabled) {

    boolean wouldBeIgnored(HttpRequest request) {
        return commonNames
                && authEnabled.getAsBoolean()
                && request.tls().orElse(List.of()).stream()
                        .findFirst()
                        .filter(X509Certificate.class::isInstance)
                        .map(X509Certificate.class::cast)
                        .filter(CertificateNames::hasCommonName)
                        .isPresent();
    }

    private static boolean hasCommonName(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .anyMatch(rdn -> rdn.getType().equalsIgnoreCase("CN")
                                    && !rdn.getValue().toString().isEmpty());
        } catch (InvalidNameException e) {
            return true; // a name that cannot be read may well be one: better refused than mistaken
        }
    }
}
