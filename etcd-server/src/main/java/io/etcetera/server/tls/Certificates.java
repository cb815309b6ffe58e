package io.etcetera.server.tls;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Reads certificates and revocation lists, and from certificates. */
public final class Certificates {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private static final String MALFORMED = "x509: malformed certificate";
    private static final String MALFORMED_LIST = "x509: malformed crl";

    /** Of what goes on until its end is marked, in BER. */
    private static final byte OPEN_LENGTH = (byte) 0x80;

    private Certificates() {}

    /**
     * Reads one certificate.
     *
     * @throws TlsMaterialException an I/O exception with etcd's words, if it is none
     */
    public static X509Certificate parse(byte[] der) throws TlsMaterialException {
        try {
            return (X509Certificate) factory().generateCertificate(input(der, MALFORMED));
        } catch (CertificateException e) {
            throw new TlsMaterialException(MALFORMED, e);
        }
    }

    /** Reads one revocation list. */
    static X509CRL parseRevocationList(byte[] der) throws TlsMaterialException {
        try {
            return (X509CRL) factory().generateCRL(input(der, MALFORMED_LIST));
        } catch (CRLException e) {
            throw new TlsMaterialException(MALFORMED_LIST, e);
        }
    }

    /** Lengths that are left open Java would follow inside each other until its stack ends; DER has none. */
    private static InputStream input(byte[] der, String malformed) throws TlsMaterialException {
        if (der.length > 1 && der[1] == OPEN_LENGTH) {
            throw new TlsMaterialException(malformed);
        }
        return new ByteArrayInputStream(der);
    }

    private static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException e) {
            throw new IllegalStateException("every Java has X.509", e);
        }
    }

    /** The last common name of the subject, as Go takes it; empty if there is none. */
    static String commonName(X509Certificate certificate) {
        try {
            // The first of the list is what was encoded first.
            List<Rdn> rdns = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
            for (int i = rdns.size() - 1; i >= 0; i--) {
                Attribute name = rdns.get(i).toAttributes().get("CN");
                if (name != null) {
                    return name.get() instanceof String text ? text : "";
                }
            }
            return "";
        } catch (NamingException e) {
            throw new IllegalStateException("Java cannot read the name that it has written", e);
        }
    }

    static List<String> dnsNames(X509Certificate certificate) {
        return alternativeNames(certificate, DNS_NAME);
    }

    /** Addresses as text, IPv6 as Java writes it. */
    static List<String> ipAddresses(X509Certificate certificate) {
        return alternativeNames(certificate, IP_ADDRESS);
    }

    private static List<String> alternativeNames(X509Certificate certificate, int kind) {
        List<String> names = new ArrayList<>();
        try {
            var all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    if (name.get(0).equals(kind) && name.get(1) instanceof String text) {
                        names.add(text);
                    }
                }
            }
        } catch (CertificateException e) {
            return List.of(); // names that cannot be read match nothing
        }
        return names;
    }
}
