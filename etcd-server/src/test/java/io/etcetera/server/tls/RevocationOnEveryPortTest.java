package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.HttpConfig;
import io.etcetera.server.net.FreePorts;
import io.etcetera.server.testing.Pki;
import io.etcetera.server.testing.TlsProvider;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A list of revoked certificates that one of several listeners forgets would be no list. */
@Timeout(300)
class RevocationOnEveryPortTest {
    private static final char[] PASSWORD = "x".toCharArray();
    private static final String HTTP = "http/1.1";
    private static final String HTTP2 = "h2";

    @TempDir
    private Path directory;

    /** Servers are not what is tested here. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static SSLContext showing(Pki pki, String name) throws Exception {
        Identity identity = new IdentityFiles(pki.crt(name), pki.key(name)).load();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        store.setKeyEntry(name, identity.key(), PASSWORD, identity.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {new TrustAll()}, null);
        return context;
    }

    /** Whether somebody is served, and not only greeted: with TLS 1.3 a client hears of its refusal later. */
    private static boolean isServed(URI url, String protocol, SSLContext context) {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(url.getHost(), url.getPort())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(60_000);
            socket.startHandshake();
            String begin = protocol.equals(HTTP)
                    ? "GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
            socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
            return socket.getInputStream().readNBytes(9).length == 9;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void useAnyProvider() {
        TlsProvider.useAny();
    }

    @ParameterizedTest
    @EnumSource
    void nobodyGetsInByAnotherDoor(TlsProvider provider) throws Exception {
        provider.use();
        Pki pki = Pki.in(directory);
        pki.copy("empty-crl.pem", "crl-now");
        TlsConfig tls = TlsConfig.builder()
                .identity(pki.crt("server"), pki.key("server"))
                .clientCertAuth(true)
                .trustedCaFile(pki.crt("ca"))
                .crlFile(pki.file("crl-now"))
                .skipClientSanVerification(true)
                .build();
        URI any = URI.create("https://127.0.0.1:0");
        FreePorts ports = new FreePorts();
        URI peer = URI.create("https://127.0.0.1:" + ports.next());
        EtcdConfig config = EtcdConfig.builder()
                .dataDir(directory.resolve("data"))
                .listenClientUrls(List.of(any))
                .advertiseClientUrls(List.of(any))
                .listenPeerUrls(List.of(peer))
                .clientTls(tls)
                .peerTls(tls)
                .http(HttpConfig.DEFAULT.withListenUrls(List.of(any), List.of(any)))
                .build();
        try (ports;
                Etcd etcd = Etcd.start(config)) {
            Map<URI, String> doors = new LinkedHashMap<>();
            doors.put(etcd.clientUrls().get(0), HTTP2);
            doors.put(etcd.httpUrls().get(0), HTTP);
            doors.put(etcd.metricsUrls().get(0), HTTP);
            doors.put(peer, HTTP2);
            SSLContext revoked = showing(pki, "revoked");
            SSLContext client = showing(pki, "client");
            doors.forEach((url, protocol) -> assertThat(isServed(url, protocol, revoked))
                    .as("%s before", url)
                    .isTrue());

            pki.copy("crl.pem", "crl-now");

            doors.forEach((url, protocol) -> {
                assertThat(isServed(url, protocol, revoked))
                        .as("%s afterwards", url)
                        .isFalse();
                assertThat(isServed(url, protocol, client))
                        .as("another at %s", url)
                        .isTrue();
            });
        }
    }
}
