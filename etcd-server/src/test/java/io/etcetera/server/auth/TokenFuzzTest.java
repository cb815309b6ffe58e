package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.testing.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers show as tokens, and what operators name as keys. Every token is answered, and at once. */
class TokenFuzzTest {
    private static final byte[] SECRET = {1, 2, 3};

    @TempDir
    private Path directory;

    private static void resolve(Tokens tokens, String token) {
        Answer<Caller> answer = new Answer<>();
        tokens.resolve(token, () -> 9, answer);
        assertThat(answer.isGiven()).isTrue();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private Tokens jwt() throws IOException {
        Path secret = Files.write(directory.resolve("secret"), SECRET);
        return Tokens.open(
                AuthConfig.DEFAULT.withToken("jwt,sign-method=HS256,priv-key=" + secret), () -> 0, new ManualTime());
    }

    @Test
    void signedTokens() throws Exception {
        Tokens tokens = jwt();

        Fuzz.of("JWT")
                .samples(tokens.issue("", "alice", 5))
                .words(".", "..", "=", "e30", "W10", "eyJhbGciOiJub25lIn0")
                .allocating(4 << 20, 500)
                .run(token -> resolve(tokens, text(token)));
    }

    /** Claims of whoever has the secret: what stands behind the signature. */
    @Test
    void claims() throws Exception {
        Tokens tokens = jwt();
        String header = encode("{\"typ\":\"JWT\",\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8));
        JwtKey key = new JwtKey.Secret(JwtMethod.HS256, SECRET);

        Fuzz.of("JWT claims")
                .samples(
                        "{\"username\":\"alice\",\"revision\":5,\"exp\":1900000000}",
                        "{\"username\":\"alice\",\"revision\":5.0,\"nbf\":1,\"more\":{\"a\":[1,null,true,\"\\u00e9\"]}}")
                .words("{", "}", "[", "]", ",", ":", "\"", "\\u", "1e999999999", "-", "0.", "1e-999999999", "null")
                .words("\"exp\":", "\"revision\":")
                .past("{\"username\":\"a\",\"revision\":1e999999999,\"exp\":9e999999999}"
                        .getBytes(StandardCharsets.UTF_8))
                .allocating(4 << 20, 500)
                .run(claims -> {
                    String content = header + "." + encode(claims);
                    String signature = encode(key.sign(content.getBytes(StandardCharsets.US_ASCII)));
                    resolve(tokens, content + "." + signature);
                });
    }

    /** A number that is far ahead may be waited for; that ends with the longest wait. */
    @Test
    void simpleTokens() {
        ManualTime time = new ManualTime();
        SimpleTokens tokens = new SimpleTokens(Duration.ofMinutes(5), () -> 20, time);
        tokens.enable();

        Fuzz.of("simple tokens")
                .samples(tokens.assign("alice", tokens.newPrefix(), 17))
                .words(".", "-1", "+1", "9223372036854775807", "18446744073709551615")
                .maxBytes(200)
                .run(token -> {
                    Answer<Caller> answer = new Answer<>();
                    tokens.resolve(text(token), () -> 9, answer);
                    if (!answer.isGiven()) {
                        time.advance(Duration.ofSeconds(6));
                        tokens.tick();
                    }
                    assertThat(answer.isGiven()).isTrue();
                });
    }

    private static byte[] pem(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder().encodeToString(der);
        return ("-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static Fuzz keys(String name) {
        return Fuzz.of(name).allocating(16 << 20, 1_000).refusing(IOException.class);
    }

    @Test
    void keys() throws GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        byte[] publicKey = pair.getPublic().getEncoded();
        JwtKeyFiles files = new JwtKeyFiles(JwtMethod.RS256);

        keys("JWT private keys")
                .samples(pem("PRIVATE KEY", pair.getPrivate().getEncoded()))
                .words("-----BEGIN RSA PRIVATE KEY-----\n", "-----BEGIN EC PRIVATE KEY-----\n")
                .run(file -> {
                    files.privateKey(file);
                    files.publicKeyOfPrivate(file);
                });
        keys("JWT public keys")
                .samples(pem("PUBLIC KEY", publicKey))
                .words("-----BEGIN RSA PUBLIC KEY-----\n", "-----BEGIN CERTIFICATE-----\n")
                .past(pem("RSA PUBLIC KEY", new byte[0]))
                .run(files::publicKey);
        keys("JWT public keys in DER").samples(publicKey).run(der -> files.publicKey(pem("PUBLIC KEY", der)));
        keys("JWT public keys of PKCS#1 in DER")
                .samples(SubjectPublicKeyInfo.getInstance(publicKey)
                        .getPublicKeyData()
                        .getBytes())
                .past(new byte[0], new byte[] {0x7f, 0x52, 0})
                .run(der -> files.publicKey(pem("RSA PUBLIC KEY", der)));
    }
}
