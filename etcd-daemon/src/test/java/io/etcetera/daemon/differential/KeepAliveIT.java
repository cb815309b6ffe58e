package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.RawHttp2;
import io.etcetera.daemon.testing.RawHttp2.Frame;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pings, in both directions, of connections that are idle and of such that have a stream. */
class KeepAliveIT {
    private static final int TIMEOUT_MILLIS = 60_000;
    /** So many that come too early are overlooked. */
    private static final int TOLERATED = 2;

    @Test
    void whoPingsTooOftenIsSentAway(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory)) {
            for (ServerProcess server : servers.processes()) {
                pingUntilSentAway(server, false);
                pingUntilSentAway(server, true);
            }
        }
    }

    @Test
    void whoKeepsToTheMinimumWithAStreamMayPingOn(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory, "--grpc-keepalive-min-time=1ms")) {
            for (ServerProcess server : servers.processes()) {
                // Without a stream there is nothing to keep alive.
                pingUntilSentAway(server, false);
                try (RawHttp2 client = new RawHttp2(server)) {
                    watch(client);
                    for (int i = 0; i < 10; i++) {
                        Thread.sleep(5); // the pause is what is tested
                        client.ping();
                        assertThat(answer(client))
                                .hasValueSatisfying(
                                        frame -> assertThat(frame.type()).isEqualTo(RawHttp2.PING));
                    }
                }
            }
        }
    }

    /** With the shortest interval that both keep to, and a timeout in which this test gets round to answering. */
    @Test
    void idleConnectionsArePingedAndDeadOnesClosed(@TempDir Path directory) throws Exception {
        try (TwoServers servers =
                TwoServers.start(directory, "--grpc-keepalive-interval=10s", "--grpc-keepalive-timeout=5s")) {
            List<RawHttp2> clients = new ArrayList<>();
            for (ServerProcess server : servers.processes()) {
                clients.add(new RawHttp2(server));
                RawHttp2 withStream = new RawHttp2(server);
                clients.add(withStream);
                watch(withStream);
            }
            // All at the same time: it is mostly waiting.
            for (RawHttp2 client : clients) {
                client.pong(awaitPing(client));
            }
            for (RawHttp2 client : clients) {
                awaitPing(client);
            }
            for (RawHttp2 client : clients) {
                // Stock just closes the connection; ours says GOAWAY before.
                client.awaitEnd(TIMEOUT_MILLIS);
                client.close();
            }
        }
    }

    /** Pings in a row: so many are answered, and at the next one the server says why it goes. */
    private static void pingUntilSentAway(ServerProcess server, boolean withStream) throws IOException {
        try (RawHttp2 client = new RawHttp2(server)) {
            if (withStream) {
                watch(client);
            }
            for (int i = 0; i < 1 + TOLERATED; i++) {
                client.ping();
                assertThat(answer(client).orElseThrow().type()).isEqualTo(RawHttp2.PING);
            }
            client.ping();
            Frame farewell = client.await(frame -> frame.is(RawHttp2.GOAWAY), TIMEOUT_MILLIS)
                    .orElseThrow();
            assertThat(farewell.errorCode()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
            assertThat(farewell.debugText()).isEqualTo("too_many_pings");
            client.awaitEnd(TIMEOUT_MILLIS);
        }
    }

    private static Optional<Frame> answer(RawHttp2 client) throws IOException {
        return client.await(
                frame -> frame.is(RawHttp2.GOAWAY) || (frame.is(RawHttp2.PING) && frame.flags() == RawHttp2.ACK),
                TIMEOUT_MILLIS);
    }

    private static Frame awaitPing(RawHttp2 client) throws IOException {
        return client.await(frame -> frame.is(RawHttp2.PING) && frame.flags() == 0, TIMEOUT_MILLIS)
                .orElseThrow();
    }

    /** Opens a stream that stays, and takes everything that comes of it. */
    private static void watch(RawHttp2 client) throws IOException {
        client.open(1, "etcdserverpb.Watch/Watch");
        WatchCreateRequest create = WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .build();
        byte[] request =
                WatchRequest.newBuilder().setCreateRequest(create).build().toByteArray();
        client.message(1, request, false);
        client.await(frame -> frame.is(RawHttp2.DATA), TIMEOUT_MILLIS);
    }
}
