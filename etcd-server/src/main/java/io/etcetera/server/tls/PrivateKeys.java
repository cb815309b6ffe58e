package io.etcetera.server.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;

/**
 * Reads private keys: PKCS#8, and by way of it PKCS#1 (RSA) and SEC 1 (elliptic curves), which are the inner part of
 * PKCS#8 without the name of the algorithm. That name is taken from the certificate that the key has to fit anyway.
 */
final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final int CHALLENGE_BYTES = 32;

    private PrivateKeys() {}

    /** Reads the key of a certificate, and makes sure that it is that. */
    static PrivateKey parse(byte[] der, PublicKey publicKey) throws TlsMaterialException {
        PrivateKey key = pkcs8(der)
                .or(() -> pkcs8(wrap(der, publicKey)))
                .orElseThrow(() -> new TlsMaterialException("tls: failed to parse private key"));
        if (!key.getAlgorithm().equals(publicKey.getAlgorithm())) {
            throw new TlsMaterialException("tls: private key type does not match public key type");
        }
        if (!fits(key, publicKey)) {
            throw new TlsMaterialException("tls: private key does not match public key");
        }
        return key;
    }

    private static Optional<PrivateKey> pkcs8(byte[] der) {
        return ALGORITHMS.stream()
                .map(algorithm -> pkcs8(der, algorithm))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<PrivateKey> pkcs8(byte[] der, String algorithm) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (InvalidKeySpecException e) {
            return Optional.empty(); // a key of another algorithm, or none at all
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    private static byte[] wrap(byte[] der, PublicKey publicKey) {
        return Der.sequence(Der.integer(BigInteger.ZERO), Der.firstOf(publicKey.getEncoded()), Der.octetString(der));
    }

    private static boolean fits(PrivateKey key, PublicKey publicKey) {
        if (key instanceof RSAKey one && publicKey instanceof RSAKey other) {
            return one.getModulus().equals(other.getModulus()); // as Go does it; a signature takes much longer
        }
        byte[] challenge = new byte[CHALLENGE_BYTES];
        new SecureRandom().nextBytes(challenge);
        try {
            Signature signature = Signature.getInstance(signatureOf(key));
            signature.initSign(key);
            signature.update(challenge);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(challenge);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // the two do not even speak of the same curve
        }
    }

    private static String signatureOf(PrivateKey key) {
        return key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA";
    }
}
