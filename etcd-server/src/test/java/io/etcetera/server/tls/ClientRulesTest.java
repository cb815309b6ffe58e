package io.etcetera.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.server.TimeSource;
import io.etcetera.server.testing.Pki;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a port lets in. The expected texts are those of etcd 3.7.1. */
final class ClientRulesTest {
    @TempDir
    static Path directory;

    private static Pki pki;

    @BeforeAll
    static void makeCertificates() throws Exception {
        pki = Pki.in(directory);
    }

    private static List<X509Certificate> chain(String name) throws Exception {
        String key = name.equals("chain") ? "leaf" : name;
        return new IdentityFiles(pki.crt(name), pki.key(key)).load().chain();
    }

    private static ClientRules rules() throws Exception {
        return new ClientRules(
                Optional.of(new CertificateVerifier(TrustedCas.load(pki.crt("ca")), TimeSource.system())),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty());
    }

    private static void check(ClientRules rules, String name) throws Exception {
        check(rules, name, "10.0.0.9");
    }

    private static void check(ClientRules rules, String name, String remote) throws Exception {
        InetSocketAddress address = new InetSocketAddress(address(remote), 1);
        rules.check(chain(name), new HandshakeRecord(address, address));
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByAddress(HostNames.address(literal));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"client", "server", "plain", "chain", "rsa"})
    void letsInWhoComesFromTheCa(String name) throws Exception {
        check(rules(), name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "foreign | x509: certificate signed by unknown authority",
                "leaf | x509: certificate signed by unknown authority",
                "server-only | x509: certificate specifies an incompatible key usage",
            })
    void refuses(String name, String reason) throws Exception {
        ClientRules rules = rules();

        assertThatThrownBy(() -> check(rules, name))
                .isInstanceOf(CertificateException.class)
                .hasMessage("tls: failed to verify certificate: " + reason);
    }

    @Test
    void refusesWhatIsNoLongerValid() throws Exception {
        ClientRules rules = rules();

        assertThatThrownBy(() -> check(rules, "expired"))
                .hasMessageMatching("tls: failed to verify certificate: x509: certificate has expired or is not yet"
                        + " valid: current time \\S+Z is after 2021-01-01T00:00:00Z");
    }

    @Test
    void refusesCertificatesOfACaThatIsNoLongerValid() throws Exception {
        X509Certificate ca = chain("ca").get(0);
        TimeSource late = at(ca.getNotAfter().toInstant().toEpochMilli() + 1_000);
        // The leaf has to outlive its CA for this, which openssl will not make: it is the CA itself that is asked
        // about.
        CertificateVerifier verifier = new CertificateVerifier(TrustedCas.load(pki.crt("ca")), late);

        assertThatThrownBy(() -> verifier.verify(List.of(ca), CertificateVerifier.Usage.CLIENT))
                .hasMessageContaining("certificate has expired or is not yet valid");
    }

    private static TimeSource at(long epochMillis) {
        return new TimeSource() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public long currentTimeMillis() {
                return epochMillis;
            }
        };
    }

    @Test
    void anEmptyFileOfCasLetsNobodyIn() throws Exception {
        TrustedCas none = TrustedCas.load(pki.file("crl.der"));

        assertThat(none.certificates()).isEmpty();
        assertThatThrownBy(() -> new CertificateVerifier(none, TimeSource.system())
                        .verify(chain("client"), CertificateVerifier.Usage.CLIENT))
                .hasMessageEndingWith("certificate signed by unknown authority");
    }

    @Test
    void asksForACommonName() throws Exception {
        ClientRules rules = withNames(List.of("bob", "alice"), List.of());

        check(rules, "client");
        assertThatThrownBy(() -> check(rules, "named")).hasMessage("client certificate authentication failed");
    }

    @Test
    void asksForAHostname() throws Exception {
        check(withNames(List.of(), List.of("client.example")), "named");
        check(withNames(List.of(), List.of("a.peers.example")), "named");
        check(withNames(List.of(), List.of("other", "10.0.0.1")), "named");
        for (String other : List.of("named", "a.b.peers.example", "10.0.0.2")) {
            ClientRules rules = withNames(List.of(), List.of(other));
            assertThatThrownBy(() -> check(rules, "named")).hasMessage("client certificate authentication failed");
        }
    }

    private static ClientRules withNames(List<String> commonNames, List<String> hostnames) throws Exception {
        return new ClientRules(rules().verifier(), commonNames, hostnames, Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({"der", "pem"})
    void refusesWhatWasRevokedSinceTheStart(String form) throws Exception {
        pki.copy("empty-crl." + form, "current-crl");
        ClientRules rules = new ClientRules(
                rules().verifier(),
                List.of(),
                List.of(),
                Optional.of(new RevocationList(pki.file("current-crl"))),
                Optional.empty());
        check(rules, "revoked");

        pki.copy("crl." + form, "current-crl");

        check(rules, "client");
        String serial = chain("revoked").get(0).getSerialNumber().toString(16);
        assertThatThrownBy(() -> check(rules, "revoked"))
                .hasMessageMatching("transport: certificate serial 0?" + serial + " revoked");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"nope | open DIR/nope: no such file or directory", "make.log | x509: malformed crl"})
    void refusesEverybodyWithoutTheList(String file, String message) {
        RevocationList list = new RevocationList(pki.file(file));

        assertThatThrownBy(() -> list.check(chain("client"))).hasMessage(message.replace("DIR", directory.toString()));
    }

    @Test
    void asksWhereAPeerConnectsFrom() throws Exception {
        NameService names =
                new FakeNames(Map.of("10.0.0.5", "a.b.peers.example"), Map.of("client.example", "10.0.0.6"));
        ClientRules rules = new ClientRules(
                rules().verifier(), List.of(), List.of(), Optional.empty(), Optional.of(new OriginCheck(names)));

        assertThatCode(() -> check(rules, "client", "10.0.0.9")).doesNotThrowAnyException();
        check(rules, "addressed", "10.0.0.1");
        check(rules, "named", "10.0.0.1");
        check(rules, "named", "10.0.0.5");
        check(rules, "named", "10.0.0.6");
        assertThatThrownBy(() -> check(rules, "addressed", "10.0.0.2"))
                .hasMessage("x509: certificate is valid for 10.0.0.1, not 10.0.0.2");
        assertThatThrownBy(() -> check(rules, "named", "10.0.0.2"))
                .hasMessage(
                        "tls: \"10.0.0.2\" does not match any of DNSNames [\"client.example\" \"*.peers.example\"]");
    }

    private record FakeNames(Map<String, String> names, Map<String, String> addresses) implements NameService {
        @Override
        public List<String> namesOf(InetAddress address) {
            return Optional.ofNullable(names.get(address.getHostAddress())).stream()
                    .toList();
        }

        @Override
        public List<InetAddress> addressesOf(String name) {
            return Optional.ofNullable(addresses.get(name)).stream()
                    .map(ClientRulesTest::address)
                    .toList();
        }
    }
}
