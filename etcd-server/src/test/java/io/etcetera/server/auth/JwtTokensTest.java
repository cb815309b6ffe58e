package io.etcetera.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.ManualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTokensTest {
    private static final Caller ALICE = new Caller("alice", 5);

    @TempDir
    private Path directory;

    private final ManualTime time = new ManualTime();

    private static KeyPair generate(JwtMethod method) throws GeneralSecurityException {
        return switch (method.family()) {
            case RSA -> KeyPairGenerator.getInstance("RSA").generateKeyPair();
            case ED25519 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            case EC -> {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec(
                        switch (method) {
                            case ES256 -> "secp256r1";
                            case ES384 -> "secp384r1";
                            default -> "secp521r1";
                        }));
                yield generator.generateKeyPair();
            }
            case HMAC -> throw new IllegalArgumentException("a secret is no pair");
        };
    }

    private String write(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content).toString();
    }

    private String pem(String name, String type, byte[] der) throws IOException {
        String text = "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END "
                + type + "-----\n";
        return write(name, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Options as an operator gives them, with a new key in the forms that Java writes. */
    private String options(JwtMethod method) throws IOException, GeneralSecurityException {
        if (method.family() == JwtMethod.Family.HMAC) {
            return "jwt,sign-method=" + method + ",priv-key=" + write("secret", new byte[] {1, 2, 3});
        }
        KeyPair pair = generate(method);
        return "jwt,sign-method=" + method + ",pub-key="
                + pem("public.pem", "PUBLIC KEY", pair.getPublic().getEncoded()) + ",priv-key="
                + pem("private.pem", "PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    private Tokens open(String options) {
        return Tokens.open(AuthConfig.DEFAULT.withToken(options), () -> 0, time);
    }

    private static Answer<Caller> resolve(Tokens tokens, String token) {
        Answer<Caller> answer = new Answer<>();
        tokens.resolve(token, () -> 99, answer);
        return answer;
    }

    private static void assertRefused(Tokens tokens, String token) {
        assertThat(resolve(tokens, token).error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    private static String issue(Tokens tokens) throws EtcdException {
        return tokens.issue("", ALICE.username(), ALICE.authRevision());
    }

    @ParameterizedTest
    @EnumSource
    void eachMethodKnowsItsTokens(JwtMethod method) throws Exception {
        Tokens tokens = open(options(method));
        String token = issue(tokens);

        // The revision is that of the login, whatever the present one is.
        assertThat(resolve(tokens, token).result()).isEqualTo(ALICE);

        String[] parts = token.split("\\.", -1);
        assertRefused(tokens, parts[0] + "." + encode("{\"username\":\"root\",\"revision\":5}") + "." + parts[2]);
        assertRefused(tokens, parts[0] + "." + parts[1] + ".");
        assertRefused(tokens, parts[0] + "." + parts[1]);
        assertRefused(tokens, token + ".x");
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anotherMethodIsRefusedWhateverTheTokenSays() throws Exception {
        Tokens rsa = open(options(JwtMethod.RS256));
        // The classic: the public key, which everybody may have, as the secret.
        Tokens forger = open("jwt,sign-method=HS256,priv-key=" + directory.resolve("public.pem"));
        assertRefused(rsa, issue(forger));
        Tokens sameKey = open("jwt,sign-method=RS384,priv-key=" + directory.resolve("private.pem"));
        assertRefused(rsa, issue(sameKey));
        String claims = encode("{\"username\":\"root\",\"revision\":5}");
        assertRefused(rsa, encode("{\"alg\":\"none\"}") + "." + claims + ".");
        assertRefused(rsa, encode("{}") + "." + claims + ".");
    }

    @Test
    void aTokenRunsOut() throws Exception {
        Tokens tokens = open(options(JwtMethod.HS256) + ",ttl=10s");
        String token = issue(tokens);
        time.advance(Duration.ofSeconds(9));
        assertThat(resolve(tokens, token).result()).isEqualTo(ALICE);
        time.advance(Duration.ofSeconds(1));
        assertRefused(tokens, token);
    }

    /** The second time, its signature has been checked before. */
    @Test
    void aTokenThatIsKnownRunsOutAllTheSame() throws Exception {
        Tokens tokens = open(options(JwtMethod.ES256) + ",ttl=10s");
        String token = issue(tokens);
        for (int i = 0; i < 2; i++) {
            Answer<Caller> answer = new Answer<>();
            tokens.resolve(token, ALICE::authRevision, answer);
            assertThat(answer.result()).isEqualTo(ALICE);
        }
        assertRefused(tokens, token.substring(0, token.length() - 4) + "AAAA");
        time.advance(Duration.ofSeconds(10));
        Answer<Caller> late = new Answer<>();
        tokens.resolve(token, ALICE::authRevision, late);
        assertThat(late.error()).isEqualTo(EtcdError.INVALID_AUTH_TOKEN);
    }

    /** What others have signed with the same key. */
    private String signed(String claims) throws GeneralSecurityException {
        String content = encode("{\"typ\":\"JWT\",\"alg\":\"HS256\"}") + "." + encode(claims);
        byte[] signature = new JwtKey.Secret(JwtMethod.HS256, new byte[] {1, 2, 3})
                .sign(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"username\":\"alice\",\"revision\":5}",
                "{\"username\":\"alice\",\"revision\":5.0,\"exp\":1.9e9}",
                "{\"username\":\"alice\",\"revision\":5,\"nbf\":1,\"more\":{\"a\":[1,null]}}",
            })
    void tokensOfOthersAreTaken(String claims) throws Exception {
        assertThat(resolve(open(options(JwtMethod.HS256)), signed(claims)).result())
                .isEqualTo(ALICE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "",
                "{\"username\":\"alice\"}",
                "{\"revision\":5}",
                "{\"username\":7,\"revision\":5}",
                "{\"username\":\"alice\",\"revision\":\"5\"}",
                "{\"username\":\"alice\",\"revision\":5,\"exp\":\"never\"}",
                "{\"username\":\"alice\",\"revision\":5,\"exp\":1}",
                "{\"username\":\"alice\",\"revision\":5,\"nbf\":9e9}",
            })
    void whatSaysTooLittleIsRefused(String claims) throws Exception {
        assertRefused(open(options(JwtMethod.HS256)), signed(claims));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "...", "a.b.c", "e30.e30.e30", "\u00e4.\u00e4.\u00e4", "W10.e30.e30"})
    void whatIsNoTokenIsRefused(String token) throws Exception {
        assertRefused(open(options(JwtMethod.HS256)), token);
    }

    @Test
    void deepNestingCostsNothing() throws Exception {
        Tokens tokens = open(options(JwtMethod.HS256));
        assertRefused(tokens, encode("{\"a\":" + "[".repeat(100_000)) + ".e30.e30");
    }

    @Test
    void aPublicKeyAloneMakesNoTokens() throws Exception {
        String token = issue(open(options(JwtMethod.ES256)));
        Tokens verifier = open("jwt,sign-method=ES256,pub-key=" + directory.resolve("public.pem"));
        assertThat(resolve(verifier, token).result()).isEqualTo(ALICE);
        assertThatThrownBy(() -> issue(verifier))
                .isInstanceOfSatisfying(
                        EtcdException.class, e -> assertThat(e.error()).isEqualTo(EtcdError.VERIFY_ONLY));
    }

    @ParameterizedTest
    @EnumSource(names = {"RS256", "ES384"})
    void keysInTheirOlderFormsAreRead(JwtMethod method) throws Exception {
        KeyPair pair = generate(method);
        boolean rsa = method.family() == JwtMethod.Family.RSA;
        byte[] inner = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        String privateKey = pem("old.pem", rsa ? "RSA PRIVATE KEY" : "EC PRIVATE KEY", inner);
        byte[] encoded = pair.getPublic().getEncoded();
        String publicKey = rsa
                ? pem(
                        "old-public.pem",
                        "RSA PUBLIC KEY",
                        SubjectPublicKeyInfo.getInstance(encoded)
                                .getPublicKeyData()
                                .getBytes())
                : pem("old-public.pem", "PUBLIC KEY", encoded);
        Tokens tokens = open("jwt,sign-method=" + method + ",priv-key=" + privateKey + ",pub-key=" + publicKey);
        assertThat(resolve(tokens, issue(tokens)).result()).isEqualTo(ALICE);
        Tokens withoutPublic = open("jwt,sign-method=" + method + ",priv-key=" + privateKey);
        assertThat(resolve(withoutPublic, issue(tokens)).result()).isEqualTo(ALICE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "other",
                "jwt",
                "jwt,sign-method=none",
                "jwt,sign-method=RS257",
                "jwt,sign-method",
                "jwt,sign-method=HS256,sign-method=HS256",
                "jwt,sign-method=HS256,priv-key=/does/not/exist",
                "jwt,sign-method=HS256,ttl=soon",
            })
    void badOptionsAreRefusedInEtcdsWords(String options) {
        assertThatThrownBy(() -> open(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("auth: invalid auth options");
    }

    @Test
    void keysThatAreMissingOrDoNotFitAreRefused() throws Exception {
        assertThatThrownBy(() -> open("jwt,sign-method=RS256")).hasMessage("auth: missing key data");
        assertThatThrownBy(() -> open("jwt,sign-method=HS256")).hasMessage("auth: missing key data");
        options(JwtMethod.ES256);
        Path mine = directory.resolve("private.pem");
        String other = pem(
                "other.pem", "PUBLIC KEY", generate(JwtMethod.ES256).getPublic().getEncoded());
        assertThatThrownBy(() -> open("jwt,sign-method=ES256,priv-key=" + mine + ",pub-key=" + other))
                .hasMessage("auth: public and private keys don't match");
        assertThatThrownBy(() -> open("jwt,sign-method=RS256,priv-key=" + mine))
                .hasMessage("not a private key for RS256");
        assertThatThrownBy(() -> open("jwt,sign-method=ES384,priv-key=" + mine))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> open("jwt,sign-method=ES256,priv-key=" + write("empty", new byte[] {'x'})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutAnyKindThereAreNoTokens() {
        Tokens none = open("");
        assertThatThrownBy(() -> none.assign("alice", "x", 1)).isInstanceOf(EtcdException.class);
        assertRefused(none, "x.1");
    }
}
