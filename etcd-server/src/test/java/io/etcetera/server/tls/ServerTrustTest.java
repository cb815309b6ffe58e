package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.TimeSource;
import io.etcetera.server.testing.Pki;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTrustTest {
    @TempDir
    private Path directory;

    @Test
    void aCertificateIsForTheHostUnlessItIsForAName() throws Exception {
        Pki pki = Pki.in(directory);
        TlsConfig config = TlsConfig.builder().trustedCaFile(pki.crt("ca")).build();
        CertificateVerifier verifier = CertificateVerifier.of(config, TimeSource.system());
        X509Certificate[] chain = {
            Certificates.parse(
                    Pem.blocks(MaterialFile.read(pki.crt("server"))).get(0).der())
        };
        SSLEngine known = SSLContext.getDefault().createSSLEngine("localhost", 2380);
        SSLEngine other = SSLContext.getDefault().createSSLEngine("etcd-0.example.com", 2380);

        ServerTrust byHost = new ServerTrust(Optional.of(verifier), "");
        assertThatCode(() -> byHost.checkServerTrusted(chain, "UNKNOWN", known)).doesNotThrowAnyException();
        assertThatThrownBy(() -> byHost.checkServerTrusted(chain, "UNKNOWN", other))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("not etcd-0.example.com");

        ServerTrust byName = new ServerTrust(Optional.of(verifier), "localhost");
        assertThatCode(() -> byName.checkServerTrusted(chain, "UNKNOWN", other)).doesNotThrowAnyException();
        ServerTrust byOtherName = new ServerTrust(Optional.of(verifier), "example.com");
        assertThatThrownBy(() -> byOtherName.checkServerTrusted(chain, "UNKNOWN", known))
                .hasMessageContaining("not example.com");
    }
}
