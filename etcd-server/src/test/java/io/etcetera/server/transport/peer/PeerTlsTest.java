package io.etcetera.server.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.raft.transport.Lane;
import io.etcetera.server.testing.Pki;
import io.etcetera.server.tls.TlsConfig;
import io.etcetera.server.transport.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Members that have certificates, and show them to each other. */
@Timeout(300)
final class PeerTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static Pki pki;

    @BeforeAll
    static void makeCertificates() throws Exception {
        pki = Pki.in(directory);
    }

    private static TlsConfig.Builder member(String name) {
        return TlsConfig.builder()
                .identity(pki.crt(name), pki.key(name))
                .clientCertAuth(true)
                .trustedCaFile(pki.crt("ca"));
    }

    private static TestPeers two() throws IOException {
        TestPeers group = new TestPeers(2);
        group.urls.replaceAll((id, urls) -> List.of(urls.get(0).replace("http:", "https:")));
        return group;
    }

    static Stream<TlsConfig> goodForASecondMember() {
        return Stream.of(
                member("renewed").build(),
                member("rsa").build(),
                member("server")
                        .clientIdentity(pki.crt("client"), pki.key("client"))
                        .build());
    }

    @ParameterizedTest
    @MethodSource
    void goodForASecondMember(TlsConfig second) throws Exception {
        try (TestPeers group = two()) {
            TestPeer one = group.start(1, Wire.INTACT, member("server").build());
            TestPeer two = group.start(2, Wire.INTACT, second);
            one.serve();
            two.serve();

            awaitAnswer(one, 2, Lane.APPEND);
            awaitAnswer(two, 1, Lane.CONTROL);
        }
    }

    /** A message may be lost, to a busy machine for one; but not each of them. */
    private static void awaitAnswer(TestPeer from, long to, Lane lane) throws InterruptedException {
        TestPeers.await("an answer from " + to, () -> {
            try {
                return from.send(to, lane, "a").get(60, TimeUnit.SECONDS).equals("A");
            } catch (ExecutionException e) {
                return false;
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError(e);
            }
        });
    }

    static Stream<TlsConfig> noGoodForASecondMember() {
        return Stream.of(
                // Of another CA.
                TlsConfig.builder()
                        .identity(pki.crt("other-server"), pki.key("other-server"))
                        .trustedCaFile(pki.crt("ca"))
                        .build(),
                // Not for the address that it connects from.
                member("server")
                        .clientIdentity(pki.crt("addressed"), pki.key("addressed"))
                        .build(),
                // Revoked.
                member("server")
                        .clientIdentity(pki.crt("revoked"), pki.key("revoked"))
                        .build());
    }

    @ParameterizedTest
    @MethodSource
    void noGoodForASecondMember(TlsConfig second) throws Exception {
        try (TestPeers group = two()) {
            TestPeer one = group.start(
                    1,
                    Wire.INTACT,
                    member("server").crlFile(pki.file("crl.der")).build());
            one.serve();
            TestPeer two = group.start(2, Wire.INTACT, second);
            two.serve();

            assertThatThrownBy(() -> members(two, one)).isInstanceOf(IOException.class);
            assertThat(two.peers.activeSince(1)).isEmpty();
        }
    }

    @Test
    void anAddressNeedNotFitIfNobodyAsks() throws Exception {
        try (TestPeers group = two()) {
            TestPeer one = group.start(
                    1,
                    Wire.INTACT,
                    member("server").skipClientSanVerification(true).build());
            TestPeer two = group.start(
                    2,
                    Wire.INTACT,
                    member("server")
                            .clientIdentity(pki.crt("addressed"), pki.key("addressed"))
                            .build());
            one.serve();
            two.serve();

            two.awaitActive(1);
        }
    }

    @Test
    void asksForAServerThatIsValidForItsHost() throws Exception {
        try (TestPeers group = two()) {
            TestPeer one = group.start(1, Wire.INTACT, member("client").build());
            TestPeer two = group.start(2, Wire.INTACT, member("server").build());
            one.serve();
            two.serve();

            assertThatThrownBy(() -> members(two, one))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("x509: certificate specifies an incompatible key usage");
        }
    }

    @Test
    void answersHttpWithTls() throws Exception {
        try (TestPeers group = two()) {
            TestPeer one = group.start(1, Wire.INTACT, member("server").build());
            TestPeer two = group.start(2, Wire.INTACT, member("renewed").build());
            one.serve();

            // The handler of the test has no such page; the answer is its own all the same.
            assertThatThrownBy(() -> members(two, one)).hasMessageContaining("/members answers 404");
        }
    }

    @Test
    void trustsAnybodyWithCertificatesThatSignThemselves() throws Exception {
        try (TestPeers group = two()) {
            TlsConfig auto = TlsConfig.builder().autoTls(true).build();
            TestPeer one = group.start(1, Wire.INTACT, auto);
            TestPeer two = group.start(2, Wire.INTACT, auto);
            one.serve();
            two.serve();

            one.awaitActive(2);
            two.awaitActive(1);
        }
    }

    private static void members(TestPeer from, TestPeer of) throws Exception {
        from.network.httpClient().members(of.network.peerUrls().get(0).toString(), PATIENCE);
    }
}
