package io.etcetera.server.tls;

import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A file of certificates that are no longer good, by serial number alone, whoever issued them, as in etcd. Read at every
 * check, and parsed when it has changed. Thread-safe.
 */
final class RevocationList {
    private final String file;
    private byte[] last = {};
    private Set<BigInteger> revoked = Set.of();

    RevocationList(String file) {
        this.file = file;
    }

    /** @throws CertificateException with etcd's words if one of them was revoked, or the file is no good */
    void check(List<X509Certificate> chain) throws CertificateException {
        Set<BigInteger> serials;
        try {
            serials = serials();
        } catch (TlsMaterialException e) {
            throw new CertificateException(e.getMessage(), e);
        }
        for (X509Certificate certificate : chain) {
            if (serials.contains(certificate.getSerialNumber())) {
                throw new CertificateException(
                        "transport: certificate serial " + hex(certificate.getSerialNumber()) + " revoked");
            }
        }
    }

    private synchronized Set<BigInteger> serials() throws TlsMaterialException {
        byte[] content = MaterialFile.read(file);
        if (last.length == 0 || !Arrays.equals(content, last)) {
            revoked = parse(content);
            last = content;
        }
        return revoked;
    }

    private static Set<BigInteger> parse(byte[] content) throws TlsMaterialException {
        byte[] der =
                Pem.blocks(content).stream().findFirst().map(Pem.Block::der).orElse(content);
        Set<? extends X509CRLEntry> entries =
                Certificates.parseRevocationList(der).getRevokedCertificates();
        Set<BigInteger> serials = new HashSet<>();
        if (entries != null) {
            entries.forEach(entry -> serials.add(entry.getSerialNumber()));
        }
        return serials;
    }

    private static String hex(BigInteger serial) {
        byte[] bytes = serial.toByteArray();
        int sign = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        return HexFormat.of().formatHex(bytes, sign, bytes.length);
    }
}
