package io.etcetera.server.tls;

import io.etcetera.server.testing.Pki;
import io.etcetera.testing.fuzz.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates, keys and revocation lists as they must not be. */
class MaterialFuzzTest {
    @TempDir
    static Path directory;

    private static Pki pki;

    @BeforeAll
    static void makeCertificates() throws Exception {
        pki = Pki.in(directory);
    }

    private static byte[] read(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
    }

    private static Fuzz fuzz(String name) {
        return Fuzz.of(name)
                .words(
                        "-----BEGIN CERTIFICATE-----\n",
                        "-----END CERTIFICATE-----\n",
                        "-----BEGIN EC PRIVATE KEY-----\n",
                        "-----BEGIN PRIVATE KEY-----\n",
                        "-----END PRIVATE KEY-----\n",
                        "-----BEGIN ",
                        "\r\n",
                        "Proc-Type: 4,ENCRYPTED\n",
                        "==")
                .allocating(16 << 20, 1_000);
    }

    @Test
    void certificatesAndKeys() throws IOException {
        Path cert = directory.resolve("fuzzed.crt");
        Path key = directory.resolve("fuzzed.key");
        byte[] goodCert = read("server.crt");
        byte[] goodKey = read("server.key");

        fuzz("certificates")
                .samples(goodCert, read("chain.crt"))
                .refusing(TlsMaterialException.class)
                .run(pem -> {
                    Files.write(cert, pem);
                    TrustedCas.load(cert.toString()).certificates().forEach(MaterialFuzzTest::lookAt);
                });
        Files.write(cert, goodCert);
        fuzz("private keys")
                .samples(goodKey, read("server-pkcs8.key"), read("server-parameters.key"))
                .refusing(TlsMaterialException.class)
                .run(pem -> {
                    Files.write(key, pem);
                    new IdentityFiles(cert.toString(), key.toString()).load();
                });
    }

    private static void lookAt(X509Certificate certificate) {
        Certificates.commonName(certificate);
        Certificates.dnsNames(certificate);
        Certificates.ipAddresses(certificate);
        HostNames.matches(certificate, "localhost");
    }

    /** DER alone, in PEM that fits: behind the armour. */
    @Test
    void insideOfCertificates() throws IOException {
        List<byte[]> samples = List.of(
                Pem.blocks(read("server.crt")).get(0).der(),
                Pem.blocks(read("named.crt")).get(0).der(),
                Pem.blocks(read("rsa.crt")).get(0).der());

        fuzz("certificates in DER")
                .samples(samples)
                .refusing(TlsMaterialException.class)
                .run(der -> lookAt(Certificates.parse(der)));
        Path cert = Files.write(directory.resolve("fuzzed-der.crt"), read("rsa.crt"));
        Path key = directory.resolve("fuzzed-der.key");
        fuzz("private keys in DER")
                .samples(
                        Pem.blocks(read("rsa.key")).get(0).der(),
                        Pem.blocks(read("rsa-pkcs8.key")).get(0).der())
                .refusing(TlsMaterialException.class)
                .run(der -> {
                    Files.write(key, Pem.encode("PRIVATE KEY", der));
                    new IdentityFiles(cert.toString(), key.toString()).load();
                });
    }

    @Test
    void revocationLists() throws IOException {
        Path file = directory.resolve("fuzzed.crl");
        var chain =
                new IdentityFiles(pki.crt("client"), pki.key("client")).load().chain();
        fuzz("revocation lists")
                .samples(read("crl.pem"), read("crl.der"), read("empty-crl.pem"))
                .words("-----BEGIN X509 CRL-----\n")
                .refusing(CertificateException.class)
                .run(content -> {
                    Files.write(file, content);
                    new RevocationList(file.toString()).check(chain);
                });
    }

    @Test
    void armour() {
        String block = new String(Pem.encode("X", new byte[100]), StandardCharsets.US_ASCII);
        String many = "-----BEGIN A-----\n".repeat(1_000);

        fuzz("PEM")
                .samples(
                        block,
                        block + "\nbetween\n" + block,
                        Base64.getEncoder().encodeToString(new byte[500]))
                .past(many.getBytes(StandardCharsets.US_ASCII))
                .run(Pem::blocks);
    }
}
