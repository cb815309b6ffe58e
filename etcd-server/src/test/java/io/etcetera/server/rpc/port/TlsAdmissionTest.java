package io.etcetera.server.rpc.port;

import static io.etcetera.server.rpc.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.server.testing.TlsProvider;
import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which clients the client port with TLS lets in. */
@ParameterizedClass
@EnumSource
final class TlsAdmissionTest extends TlsPortFixture {
    private static final long PATIENCE_SECONDS = 120;

    TlsAdmissionTest(TlsProvider provider) {
        super(provider);
    }

    @Test
    void letsInCertificatesOfTheCaAlone() throws Exception {
        FakeMember member = serve(mutual());

        call(member.port(), showing("client"));
        assertRefused(member, trusting("ca"));
        assertRefused(member, showing("foreign"));
        assertRefused(member, showing("expired"));
        assertRefused(member, showing("server-only"));
    }

    static Stream<Arguments> kindsOfCertificates() {
        return Stream.of("rsa", "p384", "p521", "ed25519", "not-for-signing")
                .flatMap(name -> Stream.of("TLSv1.2", "TLSv1.3").map(protocol -> Arguments.of(name, protocol)));
    }

    @ParameterizedTest
    @MethodSource("kindsOfCertificates")
    void takesEveryKindOfCertificate(String name, String protocol) throws Exception {
        // It is clients that do not take one of the kinds from a server.
        String own = name.equals("not-for-signing") ? "server" : name;
        FakeMember member = serve(mutual().identity(pki.crt(own), pki.key(own)));
        UnaryOperator<SslContextBuilder> client =
                builder -> showing(name).apply(builder).protocols(protocol);

        // BoringSSL does not take all of them: the next attempt is not with BoringSSL, and clients make several.
        RangeResponse response = KVGrpc.newBlockingStub(
                        channel(member.port(), client.apply(TlsClients.any()).build()))
                .withWaitForReady()
                .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .range(range("a").build());

        assertThat(response.getHeader()).isEqualTo(FakeMember.header(1));
    }

    @Test
    void aSecondHearingHasTheSameRules() throws Exception {
        FakeMember member = serve(mutual());

        assertRefused(member, trusting("ca"));
        assertRefused(member, trusting("ca"));
        assertRefused(member, showing("foreign"));
        call(member.port(), showing("client"));
    }

    @Test
    void aCaAloneIsEnoughToAskForCertificates() throws Exception {
        FakeMember member = serve(server().trustedCaFile(pki.crt("ca")));

        call(member.port(), showing("client"));
        assertRefused(member, trusting("ca"));
    }

    @Test
    void withoutACaTheSystemsCount() throws Exception {
        assertRefused(serve(server().clientCertAuth(true)), showing("client"));
    }

    @Test
    void letsInWhoHasAnAllowedName() throws Exception {
        FakeMember member = serve(mutual().allowedHostnames(List.of("client.example")));

        call(member.port(), showing("named"));
        assertRefused(member, showing("client"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void refusesAClientFromItsRevocationOn(String protocol) throws Exception {
        pki.copy("empty-crl.der", "port-crl");
        FakeMember member = serve(mutual().crlFile(pki.file("port-crl")));
        // One context for both: it would resume its session if it were let.
        var context =
                showing("revoked").apply(TlsClients.any()).protocols(protocol).build();
        KVGrpc.newBlockingStub(channel(member.port(), context)).range(range("a").build());

        pki.copy("crl.der", "port-crl");

        assertThatThrownBy(() -> KVGrpc.newBlockingStub(channel(member.port(), context))
                        .range(range("a").build()))
                .isInstanceOf(StatusRuntimeException.class);
        call(member.port(), showing("client"));
    }
}
