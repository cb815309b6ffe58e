package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.testing.Pki;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected texts are those of etcd 3.7.1. */
final class IdentityFilesTest {
    @TempDir
    static Path directory;

    private static Pki pki;

    @BeforeAll
    static void makeCertificates() throws Exception {
        pki = Pki.in(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "server, server.key, EC",
        "server, server-pkcs8.key, EC",
        "server, server-parameters.key, EC",
        "rsa, rsa.key, RSA",
        "rsa, rsa-pkcs8.key, RSA",
        "plain, plain.key, RSA",
    })
    void readsEveryFormOfKey(String certificate, String key, String algorithm) throws Exception {
        Identity identity = new IdentityFiles(pki.crt(certificate), pki.file(key)).load();

        assertThat(identity.key().getAlgorithm()).isEqualTo(algorithm);
        assertThat(Certificates.commonName(identity.certificate())).isEqualTo(certificate);
    }

    @Test
    void readsAChain() throws Exception {
        Identity identity = new IdentityFiles(pki.file("chain.crt"), pki.key("leaf")).load();

        assertThat(identity.chain()).extracting(Certificates::commonName).containsExactly("leaf", "intermediate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "server.crt | client.key | tls: private key does not match public key",
                "server.crt | rsa.key | tls: failed to parse private key",
                "server.crt | rsa-pkcs8.key | tls: private key type does not match public key type",
                "server.crt | server-encrypted.key | tls: failed to parse private key",
                "server.crt | server.crt | tls: found a certificate rather than a key in the PEM for the private key",
                "server.crt | crl.der | tls: failed to find any PEM data in key input",
                "crl.der | server.key | tls: failed to find any PEM data in certificate input",
                "server.key | server.key | tls: failed to find certificate PEM data in certificate input, but did find a"
                        + " private key; PEM inputs may have been switched",
                "crl.pem | server.key | tls: failed to find \"CERTIFICATE\" PEM block in certificate input after skipping"
                        + " PEM blocks of the following types: [X509 CRL]",
                "server.crt | crl.pem | tls: failed to find PEM block with type ending in \"PRIVATE KEY\" in key input"
                        + " after skipping PEM blocks of the following types: [X509 CRL]",
            })
    void refusesWhatIsNoGood(String certificate, String key, String message) {
        IdentityFiles files = new IdentityFiles(pki.file(certificate), pki.file(key));

        assertThatThrownBy(files::load).isInstanceOf(TlsMaterialException.class).hasMessage(message);
    }

    @Test
    void lengthsThatAreLeftOpenInsideEachOtherAreMalformed() {
        byte[] der = new byte[1 << 16];
        for (int i = 0; i < der.length; i += 2) {
            der[i] = 0x30;
            der[i + 1] = (byte) 0x80;
        }
        assertThatThrownBy(() -> Certificates.parse(der))
                .isInstanceOf(TlsMaterialException.class)
                .hasMessage("x509: malformed certificate");
        assertThatThrownBy(() -> Certificates.parseRevocationList(der))
                .isInstanceOf(TlsMaterialException.class)
                .hasMessage("x509: malformed crl");
    }

    @Test
    void namesTheFileThatIsMissing() {
        assertThatThrownBy(new IdentityFiles("nope.crt", pki.key("server"))::load)
                .hasMessage("open nope.crt: no such file or directory");
    }

    @Test
    void readsAgainWhatHasChanged() throws Exception {
        Path cert = directory.resolve("changing.crt");
        Path key = directory.resolve("changing.key");
        Files.copy(directory.resolve("server.crt"), cert);
        Files.copy(directory.resolve("server.key"), key);
        IdentityFiles files = new IdentityFiles(cert.toString(), key.toString());
        Identity first = files.load();

        assertThat(files.load()).isSameAs(first);
        pki.replace("changing", "renewed");
        assertThat(Certificates.commonName(files.load().certificate())).isEqualTo("renewed");
    }

    @Test
    void keepsTheKeyOutOfTexts() throws Exception {
        Identity identity = new IdentityFiles(pki.crt("server"), pki.key("server")).load();

        assertThat(identity).hasToString("Identity[CN=server]");
    }
}
