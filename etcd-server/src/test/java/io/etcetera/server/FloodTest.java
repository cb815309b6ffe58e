package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.AuthEnableRequest;
import io.etcetera.proto.etcdserverpb.AuthGrpc;
import io.etcetera.proto.etcdserverpb.AuthRoleAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserAddRequest;
import io.etcetera.proto.etcdserverpb.AuthUserGrantRoleRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateRequest;
import io.etcetera.proto.etcdserverpb.AuthenticateResponse;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.server.testing.Pki;
import io.etcetera.server.testing.TlsProvider;
import io.etcetera.server.testing.cluster.Await;
import io.etcetera.server.tls.TlsConfig;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What costs the member far more than who asks for it: bounded, and others are served meanwhile. */
@Timeout(300)
class FloodTest {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final URI ANY = URI.create("http://127.0.0.1:0");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LOGINS = 2_000;
    /** Besides those that are looked at. */
    private static final int MOST_WAITING = 1_000;

    private static final int PUTS = 100;
    private static final int HANDSHAKES = 300;
    private static final int TLS_THREADS = 8;

    @TempDir
    private Path directory;

    private EtcdConfig.Builder config() {
        return EtcdConfig.builder()
                .dataDir(directory.resolve("data"))
                .listenClientUrls(List.of(ANY))
                .advertiseClientUrls(List.of(ANY))
                .listenPeerUrls(List.of(ANY));
    }

    private static void put(Channel channel, int number) {
        var unused = KVGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key " + number))
                        .build());
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    private static AuthenticateRequest login(String password) {
        return AuthenticateRequest.newBuilder()
                .setName("root")
                .setPassword(password)
                .build();
    }

    private static Channel asRoot(Channel channel) {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        var unusedUser = auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName("root")
                .setPassword("right")
                .build());
        var unusedRole =
                auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
        var unusedGrant = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser("root")
                .setRole("root")
                .build());
        var unusedEnable = auth.authEnable(AuthEnableRequest.getDefaultInstance());
        Metadata metadata = new Metadata();
        metadata.put(TOKEN, auth.authenticate(login("right")).getToken());
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    @Test
    void wrongPasswordsByTheThousand() throws Exception {
        try (Etcd etcd = Etcd.start(config().build())) {
            Channel root = asRoot(etcd.channel());
            List<ListenableFuture<AuthenticateResponse>> logins = new ArrayList<>();
            for (int i = 0; i < LOGINS; i++) {
                logins.add(AuthGrpc.newFutureStub(etcd.channel()).authenticate(login("wrong " + i)));
            }
            for (int i = 0; i < PUTS; i++) {
                put(root, i);
            }
            assertThat(threads("etcd-passwords"))
                    .isBetween(1L, (long) Runtime.getRuntime().availableProcessors());
            // Who is refused is told by other threads. When a few have been looked at, there is room for one more.
            Await.until("room for one more", PATIENCE, () -> underWay(logins) < MOST_WAITING);
            assertThat(underWay(logins)).as("logins under way").isPositive();
            assertThat(logins.stream().filter(Future::isDone).map(FloodTest::end))
                    .contains(EtcdError.TOO_MANY_REQUESTS.text());
            // Nobody is there any more to hear that these were wrong, too: they are passed over.
            logins.forEach(login -> login.cancel(true));
            assertThat(AuthGrpc.newBlockingStub(etcd.channel())
                            .authenticate(login("right"))
                            .getToken())
                    .isNotEmpty();
            assertThat(logins.stream().map(FloodTest::end).distinct())
                    .isSubsetOf(EtcdError.AUTH_FAILED.text(), EtcdError.TOO_MANY_REQUESTS.text(), "cancelled");
        }
    }

    private static long underWay(List<? extends Future<?>> answers) {
        return answers.stream().filter(answer -> !answer.isDone()).count();
    }

    private static String end(ListenableFuture<?> answer) {
        if (answer.isCancelled()) {
            return "cancelled";
        }
        try {
            return "let in: " + answer.get();
        } catch (ExecutionException e) {
            return String.valueOf(Status.fromThrowable(e).getDescription());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void useAnyProvider() {
        TlsProvider.useAny();
    }

    /** What a client says first. */
    private static byte[] clientHello() throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        var unused = engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void handshakesThatAreNeverFinished(TlsProvider provider) throws Exception {
        provider.use();
        Pki pki = Pki.in(directory);
        TlsConfig tls = TlsConfig.builder()
                .identity(pki.crt("server"), pki.key("server"))
                .build();
        byte[] hello = clientHello();
        List<Socket> sockets = new ArrayList<>();
        EtcdConfig config = config().listenClientUrls(List.of(URI.create("https://127.0.0.1:0")))
                .clientTls(tls)
                .build();
        try (Etcd etcd = Etcd.start(config)) {
            URI url = etcd.clientUrls().get(0);
            for (int i = 0; i < HANDSHAKES; i++) {
                Socket socket = new Socket(url.getHost(), url.getPort());
                sockets.add(socket);
                socket.getOutputStream().write(hello);
                if (i % (HANDSHAKES / PUTS) == 0) {
                    put(etcd.channel(), i);
                }
            }
            assertThat(threads("etcd-tls-")).isBetween(1L, (long) TLS_THREADS);
            for (Socket socket : sockets) {
                socket.setSoTimeout(120_000);
                assertThat(isEnded(socket)).isTrue();
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Waits for the server to close the connection. */
    private static boolean isEnded(Socket socket) {
        byte[] buffer = new byte[4_096];
        int length = 0;
        try {
            while (length >= 0) {
                length = socket.getInputStream().read(buffer);
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // a connection may also be reset
        }
    }
}
