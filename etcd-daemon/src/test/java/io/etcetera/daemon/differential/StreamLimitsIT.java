package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.RawHttp2;
import io.etcetera.daemon.testing.RawHttp2.Frame;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many streams a connection may have open: what a client is told, and what happens to one that does not listen. */
class StreamLimitsIT {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final String WATCH = "etcdserverpb.Watch/Watch";
    private static final String RANGE = "etcdserverpb.KV/Range";

    @Test
    void watchesCountAndOneTooManyIsRefused(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory, "--max-concurrent-streams=2")) {
            for (ServerProcess server : servers.processes()) {
                assertThat(announced(server)).hasValue(2);
                try (RawHttp2 client = new RawHttp2(server)) {
                    watch(client, 1);
                    watch(client, 3);
                    client.open(5, RANGE);
                    Frame refusal = client.await(frame -> frame.stream() == 5, TIMEOUT_MILLIS)
                            .orElseThrow();
                    assertThat(refusal.type()).isEqualTo(RawHttp2.RST_STREAM);
                    assertThat(refusal.errorCode()).isEqualTo(RawHttp2.REFUSED_STREAM);

                    // The connection has not suffered, and a stream that ends makes room.
                    client.send(RawHttp2.RST_STREAM, 0, 1, RawHttp2.errorCode(RawHttp2.CANCEL));
                    range(client, 7);
                    range(client, 9);
                }
            }
        }
    }

    @Test
    void zeroIsNoLimit(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory, "--max-concurrent-streams=0")) {
            for (ServerProcess server : servers.processes()) {
                assertThat(announced(server).orElse(Long.MAX_VALUE)).isGreaterThanOrEqualTo(Integer.MAX_VALUE);
                manyStreams(server);
            }
        }
    }

    @Test
    void byDefaultThereIsNoLimit(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory)) {
            for (ServerProcess server : servers.processes()) {
                assertThat(announced(server).orElse(Long.MAX_VALUE)).isGreaterThanOrEqualTo(Integer.MAX_VALUE);
                manyStreams(server);
            }
        }
    }

    private static void manyStreams(ServerProcess server) throws IOException {
        try (RawHttp2 client = new RawHttp2(server)) {
            for (int i = 0; i < 1_000; i++) {
                watch(client, 2 * i + 1);
            }
            range(client, 2_001);
        }
    }

    /** The limit that the server's settings hold, if they hold one. */
    private static OptionalLong announced(ServerProcess server) throws IOException {
        try (RawHttp2 client = new RawHttp2(server)) {
            ByteBuffer settings = ByteBuffer.wrap(
                    client.await(frame -> frame.is(RawHttp2.SETTINGS) && frame.flags() == 0, TIMEOUT_MILLIS)
                            .orElseThrow()
                            .payload());
            while (settings.hasRemaining()) {
                int id = settings.getShort();
                long value = settings.getInt() & 0xffff_ffffL;
                if (id == MAX_CONCURRENT_STREAMS) {
                    return OptionalLong.of(value);
                }
            }
            return OptionalLong.empty();
        }
    }

    private static void watch(RawHttp2 client, int stream) throws IOException {
        client.open(stream, WATCH);
        WatchCreateRequest create = WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .build();
        client.message(
                stream,
                WatchRequest.newBuilder().setCreateRequest(create).build().toByteArray(),
                false);
        awaitData(client, stream);
    }

    private static void range(RawHttp2 client, int stream) throws IOException {
        client.open(stream, RANGE);
        client.message(
                stream,
                RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("k"))
                        .build()
                        .toByteArray(),
                true);
        awaitData(client, stream);
        // Until then the stream counts.
        Frame unused = client.await(frame -> frame.stream() == stream && frame.endsStream(), TIMEOUT_MILLIS)
                .orElseThrow();
    }

    private static void awaitData(RawHttp2 client, int stream) throws IOException {
        Frame answer = client.await(
                        frame -> frame.stream() == stream && (frame.is(RawHttp2.DATA) || frame.is(RawHttp2.RST_STREAM)),
                        TIMEOUT_MILLIS)
                .orElseThrow();
        assertThat(answer.type()).isEqualTo(RawHttp2.DATA);
    }
}
