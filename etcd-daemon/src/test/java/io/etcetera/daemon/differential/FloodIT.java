package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.RawHttp2;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One client sends frames as fast as it can: others are answered meanwhile, and not much memory is taken for it. */
class FloodIT {
    private static final int FRAMES = 50_000;
    private static final int FRAMES_AT_ONCE = 500;
    private static final int FRAMES_BETWEEN_QUESTIONS = 10_000;
    private static final long MAX_GROWTH_MIB = 300;
    private static final RangeRequest QUESTION =
            RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();

    @Test
    void streamsThatAreResetAtOnce(@TempDir Path directory) throws Exception {
        byte[] headers = RawHttp2.grpcHeaders("etcdserverpb.KV/Range");
        byte[] cancel = RawHttp2.errorCode(RawHttp2.CANCEL);
        flood(directory, i -> {
            int stream = 2 * i + 1;
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            frames.writeBytes(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, stream, headers));
            frames.writeBytes(RawHttp2.frame(RawHttp2.RST_STREAM, 0, stream, cancel));
            return frames.toByteArray();
        });
    }

    @Test
    void settings(@TempDir Path directory) throws Exception {
        byte[] frame = RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 3, 0, 0, 0, 100});
        flood(directory, i -> frame);
    }

    /** Headers that never end: whoever sends them is sent away, and long before they take memory. */
    @Test
    void continuations(@TempDir Path directory) throws Exception {
        try (TwoServers servers = TwoServers.start(directory)) {
            for (int size : new int[] {0, 1, 1_000}) {
                sentAway(servers.processes().get(1), servers.ours(), size);
            }
        }
    }

    private static void sentAway(ServerProcess server, GrpcClient other, int bytesEach) throws Exception {
        other.kv().range(QUESTION);
        long before = residentMib(server);
        byte[] frame = RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, literalHeaders(bytesEach));
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        for (int i = 0; i < FRAMES_AT_ONCE; i++) {
            batch.writeBytes(frame);
        }
        try (RawHttp2 client = new RawHttp2(server)) {
            client.send(RawHttp2.HEADERS, 0, 1, RawHttp2.grpcHeaders("etcdserverpb.KV/Range"));
            try {
                for (int sent = 0; sent < FRAMES; sent += FRAMES_AT_ONCE) {
                    client.sendBytes(batch.toByteArray());
                }
            } catch (IOException e) {
                assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
            }
            client.awaitEnd(60_000);
        }
        other.kv().range(QUESTION);
        assertThat(residentMib(server) - before).isLessThan(MAX_GROWTH_MIB);
    }

    /** A piece of a header block of about so many bytes. */
    private static byte[] literalHeaders(int bytes) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        if (bytes == 1) {
            block.write(0x82); // :method GET, by its number in the static table
        } else if (bytes > 1) {
            RawHttp2.header(block, "x", "y".repeat(bytes));
        }
        return block.toByteArray();
    }

    private static void flood(Path directory, IntFunction<byte[]> frames) throws Exception {
        try (TwoServers servers = TwoServers.start(directory)) {
            List<GrpcClient> others = List.of(servers.stock(), servers.ours());
            for (int i = 0; i < others.size(); i++) {
                flood(servers.processes().get(i), others.get(i), frames);
            }
        }
    }

    private static void flood(ServerProcess server, GrpcClient other, IntFunction<byte[]> frames) throws Exception {
        other.kv().range(QUESTION);
        long before = residentMib(server);
        Thread reader;
        try (RawHttp2 client = new RawHttp2(server)) {
            reader = new Thread(() -> drain(client), "flood-reader");
            reader.start();
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            for (int i = 0; i < FRAMES; i++) {
                batch.writeBytes(frames.apply(i));
                if ((i + 1) % FRAMES_AT_ONCE == 0) {
                    client.sendBytes(batch.toByteArray());
                    batch.reset();
                }
                if ((i + 1) % FRAMES_BETWEEN_QUESTIONS == 0) {
                    // Answered within the client's deadline, or this throws.
                    other.kv().range(QUESTION);
                }
            }
        }
        reader.join();
        other.kv().range(QUESTION);
        assertThat(residentMib(server) - before).isLessThan(MAX_GROWTH_MIB);
    }

    /** Takes what comes, so that the server is not held up by answers that nobody reads. */
    private static void drain(RawHttp2 client) {
        try {
            client.input().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The test has closed the connection: there is nothing more to take.
        }
    }

    private static long residentMib(ServerProcess server) throws IOException {
        String kib = Files.readAllLines(Path.of("/proc", String.valueOf(server.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\D", "");
        return Long.parseLong(kib) >> 10;
    }
}
