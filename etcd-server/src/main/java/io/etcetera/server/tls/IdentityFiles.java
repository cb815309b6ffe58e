package io.etcetera.server.tls;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and its key in two PEM files. Both are read at every call, so that what was renewed counts at once, and
 * parsed when they have changed. Thread-safe.
 */
final class IdentityFiles {
    private static final String KEY_TYPE = "PRIVATE KEY";

    private final String certFile;
    private final String keyFile;
    private byte[] lastCert = {};
    private byte[] lastKey = {};
    private @Nullable Identity last;

    IdentityFiles(String certFile, String keyFile) {
        this.certFile = certFile;
        this.keyFile = keyFile;
    }

    String certFile() {
        return certFile;
    }

    String keyFile() {
        return keyFile;
    }

    /** @throws TlsMaterialException with etcd's words, if a file cannot be read or they do not belong together */
    synchronized Identity load() throws TlsMaterialException {
        byte[] cert = MaterialFile.read(certFile);
        byte[] key = MaterialFile.read(keyFile);
        Identity identity = last;
        if (identity == null || !Arrays.equals(cert, lastCert) || !Arrays.equals(key, lastKey)) {
            identity = parse(cert, key);
            last = identity;
            lastCert = cert;
            lastKey = key;
        }
        return identity;
    }

    private static Identity parse(byte[] cert, byte[] key) throws TlsMaterialException {
        List<X509Certificate> chain = chain(Pem.blocks(cert));
        return new Identity(
                chain, PrivateKeys.parse(keyOf(Pem.blocks(key)), chain.get(0).getPublicKey()));
    }

    private static List<X509Certificate> chain(List<Pem.Block> blocks) throws TlsMaterialException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Pem.Block block : blocks) {
            if (block.type().equals("CERTIFICATE")) {
                chain.add(Certificates.parse(block.der()));
            }
        }
        if (!chain.isEmpty()) {
            return chain;
        }
        if (blocks.isEmpty()) {
            throw new TlsMaterialException("tls: failed to find any PEM data in certificate input");
        }
        if (blocks.size() == 1 && blocks.get(0).type().endsWith(KEY_TYPE)) {
            throw new TlsMaterialException("tls: failed to find certificate PEM data in certificate input, but did find"
                    + " a private key; PEM inputs may have been switched");
        }
        throw new TlsMaterialException("tls: failed to find \"CERTIFICATE\" PEM block in certificate input after"
                + " skipping PEM blocks of the following types: " + types(blocks));
    }

    private static byte[] keyOf(List<Pem.Block> blocks) throws TlsMaterialException {
        for (Pem.Block block : blocks) {
            if (block.type().equals(KEY_TYPE) || block.type().endsWith(" " + KEY_TYPE)) {
                return block.der();
            }
        }
        if (blocks.isEmpty()) {
            throw new TlsMaterialException("tls: failed to find any PEM data in key input");
        }
        if (blocks.size() == 1 && blocks.get(0).type().equals("CERTIFICATE")) {
            throw new TlsMaterialException("tls: found a certificate rather than a key in the PEM for the private key");
        }
        throw new TlsMaterialException("tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input"
                + " after skipping PEM blocks of the following types: " + types(blocks));
    }

    private static String types(List<Pem.Block> blocks) {
        return "[" + String.join(" ", blocks.stream().map(Pem.Block::type).toList()) + "]";
    }
}
