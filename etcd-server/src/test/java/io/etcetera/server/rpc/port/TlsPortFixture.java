package io.etcetera.server.rpc.port;

import static io.etcetera.server.rpc.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.TimeSource;
import io.etcetera.server.testing.Pki;
import io.etcetera.server.testing.TlsProvider;
import io.etcetera.server.tls.MemberTls;
import io.etcetera.server.tls.TlsConfig;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A client port with TLS by one provider, the certificates for it, and gRPC clients. */
abstract class TlsPortFixture {
    @TempDir
    static Path directory;

    static Pki pki;
    static TlsClients clients;

    final List<AutoCloseable> open = new ArrayList<>();
    private final TlsProvider provider;

    TlsPortFixture(TlsProvider provider) {
        this.provider = provider;
    }

    @BeforeAll
    static void makeCertificates() throws Exception {
        pki = Pki.in(directory);
        clients = new TlsClients(pki);
    }

    @BeforeEach
    void useProvider() {
        open.add(TlsProvider::useAny);
        provider.use();
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    static TlsConfig.Builder server() {
        return TlsConfig.builder().identity(pki.crt("server"), pki.key("server"));
    }

    static TlsConfig.Builder mutual() {
        return server().clientCertAuth(true).trustedCaFile(pki.crt("ca"));
    }

    FakeMember serve(TlsConfig.Builder tls, String... urls) throws IOException {
        EtcdConfig config = FakeMember.config()
                .listenClientUrls(List.of(urls).stream().map(URI::create).toList())
                .dataDir(directory)
                .clientTls(tls.build())
                .build();
        MemberTls memberTls = MemberTls.open(config, TimeSource.system());
        open.add(memberTls);
        FakeMember member = new FakeMember();
        open.add(member);
        return member.start(config, memberTls.clientPort());
    }

    FakeMember serve(TlsConfig.Builder tls) throws IOException {
        return serve(tls, "https://127.0.0.1:0");
    }

    RangeResponse call(int port, UnaryOperator<SslContextBuilder> client) throws Exception {
        SslContext context = client.apply(TlsClients.any()).build();
        return KVGrpc.newBlockingStub(channel(port, context)).range(range("a").build());
    }

    static UnaryOperator<SslContextBuilder> trusting(String ca) {
        return builder -> clients.trusting(builder, ca);
    }

    static UnaryOperator<SslContextBuilder> showing(String name) {
        return builder -> clients.showing(builder, name);
    }

    void assertRefused(FakeMember member, UnaryOperator<SslContextBuilder> client) {
        assertThatThrownBy(() -> call(member.port(), client))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    ManagedChannel channel(int port, SslContext context) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .sslContext(context)
                .build();
        open.add(channel::shutdownNow);
        return channel;
    }
}
