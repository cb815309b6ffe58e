package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.TimeSource;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SelfSignedFilesTest {
    private static final TlsConfig AUTO =
            TlsConfig.builder().autoTls(true).selfSignedCertValidityYears(30).build();

    @TempDir
    Path directory;

    private TlsConfig use(TlsConfig config) throws Exception {
        return SelfSignedFiles.use(
                config,
                directory.resolve("fixtures/client"),
                List.of(URI.create("https://127.0.0.1:2379"), URI.create("https://localhost:2379")),
                TimeSource.system());
    }

    @Test
    void makesAPairThatFits() throws Exception {
        TlsConfig config = use(AUTO);

        assertThat(config.certFile())
                .isEqualTo(directory.resolve("fixtures/client/cert.pem").toString());
        assertThat(config.keyFile())
                .isEqualTo(directory.resolve("fixtures/client/key.pem").toString());
        Identity identity = new IdentityFiles(config.certFile(), config.keyFile()).load();
        X509Certificate certificate = identity.certificate();
        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("O=etcd");
        assertThat(((ECPrivateKey) identity.key()).getParams().getOrder().bitLength())
                .isEqualTo(256);
        assertThat(Certificates.ipAddresses(certificate)).containsExactly("127.0.0.1");
        assertThat(Certificates.dnsNames(certificate)).containsExactly("localhost");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(certificate.getKeyUsage())
                .containsExactly(true, false, true, false, false, false, true, false, false);
        assertThat(certificate.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
        assertThat(Duration.between(
                        certificate.getNotBefore().toInstant(),
                        certificate.getNotAfter().toInstant()))
                .isEqualTo(Duration.ofDays(30 * 365));
    }

    @Test
    void hidesTheKey() throws Exception {
        TlsConfig config = use(AUTO);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(config.keyFile()))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("fixtures"))))
                .isEqualTo("rwx------");
        assertThat(Files.readString(Path.of(config.keyFile()))).startsWith("-----BEGIN EC PRIVATE KEY-----\n");
    }

    @Test
    void keepsWhatIsThere() throws Exception {
        byte[] first = Files.readAllBytes(Path.of(use(AUTO).certFile()));

        assertThat(Files.readAllBytes(Path.of(use(AUTO).certFile()))).isEqualTo(first);
        Files.delete(Path.of(use(AUTO).keyFile()));
        assertThat(Files.readAllBytes(Path.of(use(AUTO).certFile()))).isNotEqualTo(first);
    }

    @Test
    void refusesToMakeWhatIsNeverValid() {
        TlsConfig never = AUTO.toBuilder().selfSignedCertValidityYears(0).build();

        assertThatThrownBy(() -> use(never))
                .hasMessage("selfSignedCertValidity is invalid,it should be greater than 0");
    }
}
