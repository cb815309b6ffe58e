package io.etcetera.server.auth;

import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Optional;

/** The ways to sign a token that etcd knows, by their names in RFC 7518 and RFC 8037. */
enum JwtMethod {
    HS256(Family.HMAC, "HmacSHA256", ""),
    HS384(Family.HMAC, "HmacSHA384", ""),
    HS512(Family.HMAC, "HmacSHA512", ""),
    RS256(Family.RSA, "SHA256withRSA", ""),
    RS384(Family.RSA, "SHA384withRSA", ""),
    RS512(Family.RSA, "SHA512withRSA", ""),
    PS256(Family.RSA, "RSASSA-PSS", "SHA-256"),
    PS384(Family.RSA, "RSASSA-PSS", "SHA-384"),
    PS512(Family.RSA, "RSASSA-PSS", "SHA-512"),
    ES256(Family.EC, "SHA256withECDSAinP1363Format", "1.2.840.10045.3.1.7"),
    ES384(Family.EC, "SHA384withECDSAinP1363Format", "1.3.132.0.34"),
    ES512(Family.EC, "SHA512withECDSAinP1363Format", "1.3.132.0.35"),
    EdDSA(Family.ED25519, "Ed25519", "");

    /** What keys a method takes. */
    enum Family {
        HMAC,
        RSA,
        EC,
        ED25519
    }

    private final Family family;
    private final String algorithm;
    /** The digest of a padded RSA signature, or the object identifier of a curve. */
    private final String parameter;

    JwtMethod(Family family, String algorithm, String parameter) {
        this.family = family;
        this.algorithm = algorithm;
        this.parameter = parameter;
    }

    static Optional<JwtMethod> find(String name) {
        return Arrays.stream(values())
                .filter(method -> method.name().equals(name))
                .findFirst();
    }

    Family family() {
        return family;
    }

    /** Java's name of it. */
    String algorithm() {
        return algorithm;
    }

    /** The curve that keys have to be on; of elliptic curves alone. */
    String curve() {
        return parameter;
    }

    /** A signature that is not initialized yet. */
    Signature signature() throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        switch (this) {
            case PS256 -> signature.setParameter(padding(MGF1ParameterSpec.SHA256, 32));
            case PS384 -> signature.setParameter(padding(MGF1ParameterSpec.SHA384, 48));
            case PS512 -> signature.setParameter(padding(MGF1ParameterSpec.SHA512, 64));
            default -> {
                // The others have no parameters.
            }
        }
        return signature;
    }

    private PSSParameterSpec padding(MGF1ParameterSpec mask, int saltBytes) {
        return new PSSParameterSpec(parameter, "MGF1", mask, saltBytes, PSSParameterSpec.TRAILER_FIELD_BC);
    }
}
