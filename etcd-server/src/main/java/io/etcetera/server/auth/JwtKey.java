package io.etcetera.server.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What tokens are signed with, and known by. Thread-safe. */
sealed interface JwtKey {

    /** Whether this member can make tokens, and not only tell true ones from false ones. */
    boolean canSign();

    byte[] sign(byte[] content) throws GeneralSecurityException;

    boolean verify(byte[] content, byte[] signature) throws GeneralSecurityException;

    /** The same secret makes a token and knows it. */
    final class Secret implements JwtKey {
        private final JwtMethod method;
        private final SecretKeySpec key;

        Secret(JwtMethod method, byte[] secret) {
            this.method = method;
            this.key = new SecretKeySpec(secret, method.algorithm());
        }

        @Override
        public boolean canSign() {
            return true;
        }

        @Override
        public byte[] sign(byte[] content) throws GeneralSecurityException {
            Mac mac = Mac.getInstance(method.algorithm());
            mac.init(key);
            return mac.doFinal(content);
        }

        @Override
        public boolean verify(byte[] content, byte[] signature) throws GeneralSecurityException {
            return MessageDigest.isEqual(sign(content), signature);
        }
    }

    /** A public key, perhaps with the private one. */
    final class Pair implements JwtKey {
        private final JwtMethod method;
        private final PublicKey publicKey;
        private final Optional<PrivateKey> privateKey;

        Pair(JwtMethod method, PublicKey publicKey, Optional<PrivateKey> privateKey) {
            this.method = method;
            this.publicKey = publicKey;
            this.privateKey = privateKey;
        }

        @Override
        public boolean canSign() {
            return privateKey.isPresent();
        }

        @Override
        public byte[] sign(byte[] content) throws GeneralSecurityException {
            Signature signature = method.signature();
            signature.initSign(privateKey.orElseThrow(() -> new IllegalStateException("there is no private key")));
            signature.update(content);
            return signature.sign();
        }

        @Override
        public boolean verify(byte[] content, byte[] signed) throws GeneralSecurityException {
            Signature signature = method.signature();
            signature.initVerify(publicKey);
            signature.update(content);
            return signature.verify(signed);
        }
    }
}
