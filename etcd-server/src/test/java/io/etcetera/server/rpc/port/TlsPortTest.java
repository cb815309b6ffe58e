package io.etcetera.server.rpc.port;

import static io.etcetera.server.rpc.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.net.port.TlsNegotiator;
import io.etcetera.server.testing.TlsProvider;
import io.etcetera.server.tls.MemberTls;
import io.etcetera.server.tls.TlsConfig;
import io.etcetera.server.tls.TlsVersion;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client port with TLS, as gRPC clients see it. */
@ParameterizedClass
@EnumSource
final class TlsPortTest extends TlsPortFixture {
    private static final int READ_MILLIS = 60_000;

    TlsPortTest(TlsProvider provider) {
        super(provider);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void servesEitherVersion(String protocol) throws Exception {
        FakeMember member = serve(server());

        RangeResponse response =
                call(member.port(), client -> trusting("ca").apply(client).protocols(protocol));

        assertThat(response.getHeader()).isEqualTo(FakeMember.header(1));
        assertThat(member.server().clientUrls().get(0)).hasScheme("https");
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, TLS_1_2, TLSv1.3", "TLS_1_3, TLS_1_3, TLSv1.2"})
    void refusesOtherVersions(TlsVersion min, TlsVersion max, String protocol) throws Exception {
        FakeMember member = serve(server().versions(min, max));

        call(member.port(), trusting("ca"));
        assertRefused(member, client -> trusting("ca").apply(client).protocols(protocol));
    }

    @Test
    void speaksOnlyTheSuitesThatAreAllowed() throws Exception {
        String allowed = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        FakeMember member = serve(server().cipherSuites(List.of(allowed)));

        call(member.port(), client -> speaking(client, allowed));
        assertRefused(member, client -> speaking(client, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"));
    }

    private static SslContextBuilder speaking(SslContextBuilder client, String suite) {
        return trusting("ca").apply(client).protocols("TLSv1.2").ciphers(List.of(suite));
    }

    @Test
    void showsTheCertificateThatIsThereNow() throws Exception {
        pki.replace("current", "server");
        FakeMember member = serve(TlsConfig.builder().identity(pki.crt("current"), pki.key("current")));
        call(member.port(), trusting("ca"));
        assertRefused(member, trusting("other-ca"));

        pki.replace("current", "other-server");

        call(member.port(), trusting("other-ca"));
        assertRefused(member, trusting("ca"));
    }

    @Test
    void ownsNoConnectionWhoseCertificateIsGone() throws Exception {
        pki.replace("vanishing", "server");
        FakeMember member = serve(TlsConfig.builder().identity(pki.crt("vanishing"), pki.key("vanishing")));
        Files.delete(Path.of(pki.key("vanishing")));

        assertRefused(member, trusting("ca"));
        pki.replace("vanishing", "server");
        call(member.port(), trusting("ca"));
    }

    @Test
    void servesBothKindsOfUrls() throws Exception {
        FakeMember member = serve(server(), "https://127.0.0.1:0", "http://127.0.0.1:0", "http://localhost:0");
        List<URI> urls = member.server().clientUrls();

        assertThat(urls).extracting(URI::getScheme).containsExactly("https", "http", "http");
        assertThat(urls.get(0).getPort())
                .isEqualTo(urls.get(1).getPort())
                .isNotEqualTo(urls.get(2).getPort());
        call(urls.get(0).getPort(), trusting("ca"));
        for (URI plain : urls.subList(1, 3)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", plain.getPort())
                    .usePlaintext()
                    .build();
            open.add(channel::shutdownNow);
            KVGrpc.newBlockingStub(channel).range(range("a").build());
        }
    }

    @Test
    void hangsUpOnWhoDoesNotSpeakTls() throws Exception {
        FakeMember member = serve(server());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), member.port()));
            socket.setSoTimeout(READ_MILLIS);
            socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(endOf(socket)).isTrue();
        }
    }

    @Test
    void hangsUpOnTlsWhereThereIsNone() throws Exception {
        FakeMember member = FakeMember.started();
        open.add(member);

        assertRefused(member, trusting("ca"));
    }

    private static boolean endOf(Socket socket) throws IOException {
        byte[] buffer = new byte[1024];
        int length = 0;
        while (length >= 0) {
            length = socket.getInputStream().read(buffer);
        }
        return true;
    }

    @ParameterizedTest
    @CsvSource({"h2, h2", "h2;http/1.1, http/1.1", "http/1.1, http/1.1", "'', ''"})
    void givesHttp1ToWhoCanSpeakBoth(String offered, String chosen) throws Exception {
        FakeMember member = serve(mutual());
        SslContext context = showing("client")
                .apply(SslContextBuilder.forClient().sslProvider(SslProvider.JDK))
                .build();
        var factory = ((JdkSslContext) context).context().getSocketFactory();
        try (SSLSocket socket = (SSLSocket) factory.createSocket("127.0.0.1", member.port())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(offered.isEmpty() ? new String[0] : offered.split(";", -1));
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(READ_MILLIS);
            socket.startHandshake();

            assertThat(socket.getApplicationProtocol()).isEqualTo(chosen);
            if (!chosen.equals("h2")) {
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 404".length());
                assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 404");
            }
        }
    }

    @Test
    void tellsCallsWhoTheClientIs() throws Exception {
        EtcdConfig config = FakeMember.config()
                .listenClientUrls(List.of(URI.create("https://127.0.0.1:0")))
                .clientTls(mutual().build())
                .build();
        MemberTls tls = MemberTls.open(config, TimeSource.system());
        open.add(tls);
        Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        InternalNettyServerCredentials.create(
                                new TlsNegotiator(tls.clientPort().orElseThrow(), false)))
                .addService(new NamingService())
                .intercept(new SessionInterceptor())
                .build()
                .start();
        open.add(server::shutdownNow);

        RangeResponse response = call(server.getPort(), showing("client"));

        assertThat(response.getKvs(0).getKey().toStringUtf8()).isEqualTo("CN=alice,O=etcetera");
    }

    private static final Context.Key<SSLSession> SESSION = Context.key("session");

    private static final class SessionInterceptor implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            return Contexts.interceptCall(Context.current().withValue(SESSION, session), call, metadata, next);
        }
    }

    /** Answers with a key that is the client's name. */
    private static final class NamingService extends KVGrpc.KVImplBase {
        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
            try {
                String name = SESSION.get().getPeerPrincipal().getName();
                RangeResponse.Builder response = RangeResponse.newBuilder();
                response.addKvsBuilder().setKey(ByteString.copyFromUtf8(name));
                observer.onNext(response.build());
                observer.onCompleted();
            } catch (SSLPeerUnverifiedException e) {
                observer.onError(e);
            }
        }
    }
}
