package io.etcetera.server.tls;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate that signs itself, and its key, as etcd makes them: organization etcd, valid for given hosts. The curve is
 * P-256, not etcd's P-521: a signature on that takes Java a multiple of the time, and each handshake needs one. Java has no means
 * of its own to write a certificate (RFC 5280, 4.1).
 *
 * @param certificate in DER
 * @param key in DER, as SEC 1 has it
 */
record SelfSigned(byte[] certificate, byte[] key) {
    private static final String CURVE = "secp256r1";
    private static final String CURVE_OID = "1.2.840.10045.3.1.7";
    private static final int COORDINATE_BYTES = 32;
    private static final String ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    private static final String ORGANIZATION = "2.5.4.10";
    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    /** digitalSignature, keyEncipherment, cRLSign: the bits 0, 2 and 6, counted from the left. */
    private static final int USAGES = 0b1010_0010;

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final int SERIAL_BITS = 127;

    /** @param hosts names or literal addresses */
    static SelfSigned generate(List<String> hosts, Instant notBefore, Instant notAfter) {
        try {
            SecureRandom random = new SecureRandom();
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE), random);
            KeyPair pair = generator.generateKeyPair();
            byte[] publicKey = pair.getPublic().getEncoded();
            byte[] point = Der.bitsOfSecond(publicKey);
            byte[] algorithm = Der.sequence(Der.objectIdentifier(ECDSA_WITH_SHA256));
            byte[] name =
                    Der.sequence(Der.set(Der.sequence(Der.objectIdentifier(ORGANIZATION), Der.utf8String("etcd"))));
            byte[] toBeSigned = Der.sequence(
                    Der.contextConstructed(0, Der.integer(BigInteger.TWO)),
                    Der.integer(new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE)),
                    algorithm,
                    name,
                    Der.sequence(Der.time(notBefore), Der.time(notAfter)),
                    name,
                    publicKey,
                    Der.contextConstructed(3, extensions(hosts, point)));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(pair.getPrivate(), random);
            signature.update(toBeSigned);
            byte[] certificate = Der.sequence(toBeSigned, algorithm, Der.bitString(signature.sign()));
            return new SelfSigned(certificate, sec1((ECPrivateKey) pair.getPrivate(), point));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + CURVE, e);
        }
    }

    private static byte[] extensions(List<String> hosts, byte[] point) throws GeneralSecurityException {
        byte[] identifier = MessageDigest.getInstance("SHA-1").digest(point); // a name, not a protection
        return Der.sequence(
                critical(KEY_USAGE, Der.flags(USAGES)),
                extension(EXTENDED_KEY_USAGE, Der.sequence(Der.objectIdentifier(SERVER_AUTH))),
                critical(BASIC_CONSTRAINTS, Der.sequence(Der.booleanTrue())),
                extension(SUBJECT_KEY_IDENTIFIER, Der.octetString(identifier)),
                extension(SUBJECT_ALTERNATIVE_NAME, alternativeNames(hosts)));
    }

    private static byte[] alternativeNames(List<String> hosts) {
        List<byte[]> names = new ArrayList<>();
        for (String host : hosts) {
            byte[] address = HostNames.address(host);
            names.add(
                    address.length > 0
                            ? Der.contextPrimitive(IP_ADDRESS, address)
                            : Der.contextPrimitive(DNS_NAME, host.getBytes(StandardCharsets.US_ASCII)));
        }
        return Der.sequence(names.toArray(byte[][]::new));
    }

    private static byte[] extension(String oid, byte[] content) {
        return Der.sequence(Der.objectIdentifier(oid), Der.octetString(content));
    }

    private static byte[] critical(String oid, byte[] content) {
        return Der.sequence(Der.objectIdentifier(oid), Der.booleanTrue(), Der.octetString(content));
    }

    private static byte[] sec1(ECPrivateKey key, byte[] point) {
        return Der.sequence(
                Der.integer(BigInteger.ONE),
                Der.octetString(padded(key.getS())),
                Der.contextConstructed(0, Der.objectIdentifier(CURVE_OID)),
                Der.contextConstructed(1, Der.bitString(point)));
    }

    private static byte[] padded(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int sign = Math.max(0, bytes.length - COORDINATE_BYTES);
        byte[] padded = new byte[COORDINATE_BYTES];
        System.arraycopy(bytes, sign, padded, COORDINATE_BYTES - (bytes.length - sign), bytes.length - sign);
        return padded;
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "SelfSigned[" + certificate.length + " bytes]";
    }
}
