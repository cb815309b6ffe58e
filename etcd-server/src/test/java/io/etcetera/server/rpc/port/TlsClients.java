package io.etcetera.server.rpc.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.testing.Pki;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;

/** TLS of clients in tests of ports. Always the JDK's: what is tested is the other side. */
record TlsClients(Pki pki) {

    static SslContextBuilder any() {
        return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
    }

    SslContextBuilder trusting(SslContextBuilder builder, String ca) {
        return builder.trustManager(new File(pki.crt(ca)));
    }

    /** With a certificate and its key, and trust in our CA. */
    SslContextBuilder showing(SslContextBuilder builder, String name) {
        try (InputStream in = Files.newInputStream(Path.of(pki.crt(name)))) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            return trusting(builder, "ca").keyManager(key(name, certificate), certificate);
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private PrivateKey key(String name, X509Certificate certificate)
            throws IOException, GeneralSecurityException, InterruptedException {
        String file = pki.file(name + ".p8");
        Process process = new ProcessBuilder(
                        "openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", pki.key(name), "-out", file)
                .start();
        assertThat(process.waitFor()).isZero();
        return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of(file))));
    }
}
