package io.etcetera.server.rpc.port;

import static io.etcetera.server.rpc.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.server.net.ListenAddress;
import io.etcetera.server.rpc.MemberParts;
import io.etcetera.server.rpc.call.CallGate;
import io.etcetera.server.testing.cluster.Await;
import io.grpc.CallOptions;
import io.grpc.InternalMetadata;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RpcServerTest {
    private static final long CLOSE_MILLIS = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PING_FRAME = 6;
    private static final int GOAWAY_FRAME = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @Test
    void listensOnEveryUrl() throws Exception {
        List<URI> urls = List.of(URI.create("http://localhost:0"), URI.create("http://127.0.0.1:0/"));
        try (FakeMember member = new FakeMember()
                .start(FakeMember.config().listenClientUrls(urls).build())) {
            List<URI> bound = member.server().clientUrls();
            assertThat(bound).extracting(URI::getHost).containsExactly("localhost", "127.0.0.1");
            assertThat(bound).allMatch(url -> url.getPort() > 0);
            assertThat(bound.get(0).getPort()).isNotEqualTo(bound.get(1).getPort());
            assertThat(KVGrpc.newBlockingStub(member.channel())
                            .range(range("a").build())
                            .getHeader())
                    .isEqualTo(FakeMember.header(1));
        }
    }

    @Test
    void readsAddresses() throws Exception {
        assertThat(ListenAddress.of(URI.create("http://[::1]:23")).address())
                .isEqualTo(new InetSocketAddress(InetAddress.getAllByName("::1")[0], 23));
        assertThat(ListenAddress.of(URI.create("http://:2379")).address()).isEqualTo(new InetSocketAddress(2379));
        InetSocketAddress bound = new InetSocketAddress(99);
        assertThat(ListenAddress.of(URI.create("http://[::1]:0")).bound(bound)).hasToString("http://[::1]:99");
        assertThat(ListenAddress.of(URI.create("http://:0")).bound(bound)).hasToString("http://:99");
    }

    @Test
    void refusesWhatItCannotListenOn() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + taken.getLocalPort();
            Set<Thread> before = threads();
            assertRefused(
                    "http://127.0.0.1:0",
                    url,
                    "listen tcp 127.0.0.1:" + taken.getLocalPort() + ": bind: address already in use");
            awaitNoneBut(before);
        }
        assertRefused(
                "http://127.0.0.1:0",
                "https://127.0.0.1:0",
                "cannot listen on https://127.0.0.1:0: there is no certificate to serve TLS with");
        assertRefused(
                "http://127.0.0.1:0",
                "ftp://a:1",
                "cannot listen on ftp://a:1: the scheme must be http, https, unix, or unixs");
        assertRefused(
                "http://127.0.0.1:0",
                "http://127.0.0.1",
                "cannot listen on http://127.0.0.1: host and port are needed");
        assertRefused(
                "http://127.0.0.1:0",
                "http://nowhere.invalid:1",
                "cannot listen on http://nowhere.invalid:1: host nowhere.invalid is unknown");
    }

    private static void assertRefused(String first, String second, String text) {
        try (FakeMember member = new FakeMember()) {
            assertThatThrownBy(() -> member.start(FakeMember.config()
                            .listenClientUrls(List.of(URI.create(first), URI.create(second)))
                            .build()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(text);
        }
    }

    @Test
    void closesQuicklyAndLeavesNoThread() throws Exception {
        Set<Thread> before = threads();
        try (FakeMember member = FakeMember.started()) {
            ManagedChannel channel = member.channel();
            StreamRecorder<WatchRequest, WatchResponse> watch = new StreamRecorder<>();
            WatchGrpc.newStub(channel).watch(watch);
            member.store.hub.opened.take();
            KVGrpc.newBlockingStub(channel).range(range("a", "b").build());
            assertThat(threads()).extracting(Thread::getName).contains("etcd-rpc-1", "etcd-read-1");

            Thread closing = new Thread(() -> {
                member.server().close();
                member.services().close();
            });
            closing.start();
            closing.join(CLOSE_MILLIS);
            assertThat(closing.isAlive()).as("still closing").isFalse();
            assertThat(watch.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            awaitNoneBut(before);
            member.server().close();
        }
    }

    @Test
    void survivesGarbage() throws Exception {
        try (FakeMember member = FakeMember.started()) {
            for (String garbage : List.of("GET / HTTP/1.1\r\n\r\n", "\0\1\2\3 what is this?\r\n".repeat(100), "PRI")) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), member.port())) {
                    socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // Which it is depends on what was on its way when the server hung up.
                    assertThat(e).isInstanceOf(SocketException.class);
                }
            }
            ManagedChannel channel = member.channel();
            assertStatus(
                    Status.Code.INTERNAL,
                    "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data",
                    () -> call(channel, "etcdserverpb.KV/Put", new byte[] {(byte) 0xff, 1, 2}));
            KVGrpc.newBlockingStub(channel).range(range("a").build());
        }
    }

    @Test
    void knowsWhatItDoesNotKnow() throws Exception {
        try (FakeMember member = FakeMember.started()) {
            ManagedChannel channel = member.channel();
            assertStatus(
                    Status.Code.UNIMPLEMENTED,
                    "unknown method Nope for service etcdserverpb.KV",
                    () -> call(channel, "etcdserverpb.KV/Nope", new byte[3]));
            assertStatus(
                    Status.Code.UNIMPLEMENTED,
                    "unknown service grpc.reflection.v1.ServerReflection",
                    () -> call(channel, "grpc.reflection.v1.ServerReflection/X", new byte[0]));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void looksAtMetadata(boolean inProcess) throws Exception {
        try (FakeMember member = FakeMember.started()) {
            KVGrpc.KVBlockingStub kv =
                    KVGrpc.newBlockingStub(inProcess ? member.services().channel() : member.channel());
            Metadata demanding = new Metadata();
            demanding.put(ascii("hasleader"), "true");
            demanding.put(ascii("token"), "ignored");
            demanding.put(ascii("client-api-version"), "3.7");
            KVGrpc.KVBlockingStub stub = kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(demanding));
            stub.range(range("a").build());
            member.leader = 0;
            assertStatus(
                    Status.Code.UNAVAILABLE,
                    "etcdserver: no leader",
                    () -> stub.range(range("a").build()));
            kv.range(range("a").build());
        }
    }

    @Test
    void clientVersionsAreText() {
        MemberParts parts = new FakeMember().parts(FakeMember.config().build());
        CallGate gate =
                new CallGate(parts.raft(), parts.membership(), parts.metrics().rpc());
        for (byte[] valid : List.of("3.7".getBytes(StandardCharsets.UTF_8), "3.ä".getBytes(StandardCharsets.UTF_8))) {
            assertThat(gate.refuse(KVGrpc.getRangeMethod(), version(valid))).isNull();
        }
        Status refused = gate.refuse(KVGrpc.getRangeMethod(), version(new byte[] {(byte) 0xff, 'x'}));
        assertThat(refused).isNotNull();
        assertThat(refused == null ? "" : refused.getDescription()).isEqualTo("etcdserver: invalid client api version");
    }

    private static Metadata version(byte[] value) {
        return InternalMetadata.newMetadata("client-api-version".getBytes(StandardCharsets.US_ASCII), value);
    }

    @Test
    void sendsAwayClientsThatPingTooMuch() throws Exception {
        try (FakeMember member = FakeMember.started();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), member.port())) {
            socket.setSoTimeout(60_000);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.write(PREFACE);
            all.write(frame(4, 0));
            for (int i = 0; i < 5; i++) {
                all.write(frame(PING_FRAME, 8));
            }
            // At once: the server closes the connection as soon as it has seen enough.
            socket.getOutputStream().write(all.toByteArray());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] goAway = readUntil(in, GOAWAY_FRAME);
            assertThat(goAway[7]).isEqualTo((byte) ENHANCE_YOUR_CALM);
            assertThat(new String(goAway, 8, goAway.length - 8, StandardCharsets.US_ASCII))
                    .isEqualTo("too_many_pings");
        }
    }

    private static byte[] frame(int type, int length) {
        byte[] frame = new byte[9 + length];
        frame[2] = (byte) length;
        frame[3] = (byte) type;
        return frame;
    }

    private static byte[] readUntil(DataInputStream in, int wanted) throws IOException {
        while (true) {
            int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
            int type = in.readUnsignedByte();
            in.skipNBytes(5);
            byte[] payload = in.readNBytes(length);
            if (type == wanted) {
                return payload;
            }
        }
    }

    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static byte[] call(ManagedChannel channel, String method, byte[] request) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .build();
        return ClientCalls.blockingUnaryCall(channel, descriptor, CallOptions.DEFAULT, request);
    }

    /** Threads of ours. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("etcd-"))
                .collect(Collectors.toSet());
    }

    /** What has ended may still be on its last instructions, and what somebody left earlier may end meanwhile. */
    private static void awaitNoneBut(Set<Thread> before) {
        Await.until("threads to end", PATIENCE, () -> before.containsAll(threads()));
    }

    private static void assertStatus(Status.Code code, String text, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(text);
            assertThat(e.getStatus().getCode()).isEqualTo(code);
        });
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
