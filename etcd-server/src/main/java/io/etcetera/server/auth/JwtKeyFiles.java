package io.etcetera.server.auth;

import io.etcetera.server.tls.Certificates;
import io.etcetera.server.tls.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Reads keys from PEM: private ones as PKCS#8, PKCS#1 or SEC 1, public ones as such, as PKCS#1 or in a certificate. Errors say what
 * is wrong, and nothing of the content. BouncyCastle has unchecked exceptions of many kinds for what is no ASN.1.
 */
final class JwtKeyFiles {
    private final JwtMethod method;

    JwtKeyFiles(JwtMethod method) {
        this.method = method;
    }

    /** @throws IOException if the file holds no private key that the method takes */
    PrivateKey privateKey(byte[] file) throws IOException {
        try {
            return keyFactory().generatePrivate(new PKCS8EncodedKeySpec(pkcs8(file)));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException("not a private key for " + method, e);
        }
    }

    /** @throws IOException if the file holds no public key that the method takes */
    PublicKey publicKey(byte[] file) throws IOException {
        Pem.Block block = first(file);
        try {
            return switch (block.type()) {
                case "CERTIFICATE" ->
                    generated(Certificates.parse(block.der()).getPublicKey().getEncoded());
                case "RSA PUBLIC KEY" ->
                    generated(new SubjectPublicKeyInfo(rsa(), RSAPublicKey.getInstance(block.der())).getEncoded());
                default -> generated(block.der());
            };
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new IOException("not a public key for " + method, e);
        }
    }

    /** The public key that belongs to the private one in a file. */
    PublicKey publicKeyOfPrivate(byte[] file) throws IOException {
        try {
            AsymmetricKeyParameter key = publicPart(PrivateKeyFactory.createKey(pkcs8(file)));
            return generated(
                    SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(key).getEncoded());
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException("not a private key for " + method, e);
        }
    }

    private static AsymmetricKeyParameter publicPart(AsymmetricKeyParameter key) {
        if (key instanceof RSAPrivateCrtKeyParameters rsa) {
            return new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
        } else if (key instanceof ECPrivateKeyParameters ec) {
            return new ECPublicKeyParameters(
                    new FixedPointCombMultiplier().multiply(ec.getParameters().getG(), ec.getD()), ec.getParameters());
        } else if (key instanceof Ed25519PrivateKeyParameters edwards) {
            return edwards.generatePublicKey();
        }
        throw new IllegalArgumentException("a private key of another kind");
    }

    /** A key of the kind that the method takes, on the curve that it takes. */
    private PublicKey generated(byte[] encoded) throws GeneralSecurityException {
        PublicKey key = keyFactory().generatePublic(new X509EncodedKeySpec(encoded));
        if (method.family() == JwtMethod.Family.EC) {
            AlgorithmIdentifier algorithm =
                    SubjectPublicKeyInfo.getInstance(key.getEncoded()).getAlgorithm();
            if (!method.curve().equals(String.valueOf(algorithm.getParameters()))) {
                throw new IllegalArgumentException("a key on another curve");
            }
        }
        return key;
    }

    private KeyFactory keyFactory() throws GeneralSecurityException {
        return KeyFactory.getInstance(
                switch (method.family()) {
                    case RSA -> "RSA";
                    case EC -> "EC";
                    case ED25519 -> "Ed25519";
                    case HMAC -> throw new IllegalStateException("a secret is in no such file");
                });
    }

    private byte[] pkcs8(byte[] file) throws IOException {
        Pem.Block block = first(file);
        return switch (block.type()) {
            case "RSA PRIVATE KEY" -> new PrivateKeyInfo(rsa(), RSAPrivateKey.getInstance(block.der())).getEncoded();
            case "EC PRIVATE KEY" ->
                new PrivateKeyInfo(
                                new AlgorithmIdentifier(
                                        X9ObjectIdentifiers.id_ecPublicKey, new ASN1ObjectIdentifier(method.curve())),
                                ECPrivateKey.getInstance(block.der()))
                        .getEncoded();
            default -> block.der();
        };
    }

    private static AlgorithmIdentifier rsa() {
        return new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    }

    /** The first block that is not about parameters, which openssl writes before a key. */
    private static Pem.Block first(byte[] file) throws IOException {
        List<Pem.Block> blocks = Pem.blocks(file);
        return blocks.stream()
                .filter(block -> !block.type().endsWith("PARAMETERS") && block.der().length > 0)
                .findFirst()
                .orElseThrow(() -> new IOException("invalid key: Key must be a PEM encoded PKCS1 or PKCS8 key"));
    }

    static boolean same(PublicKey one, PublicKey other) {
        return Arrays.equals(one.getEncoded(), other.getEncoded());
    }
}
