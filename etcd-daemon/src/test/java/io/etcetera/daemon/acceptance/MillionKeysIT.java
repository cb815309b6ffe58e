package io.etcetera.daemon.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.server.testing.cluster.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million keys of 48 bytes with 1 KiB values, loaded by etcd's own load tool, survive a restart and stay within the
 * memory bounds that docs/performance.md states.
 */
class MillionKeysIT {
    private static final long KEYS = 1_000_000;

    /** Anonymous memory, the heap included; mapped pages of the store are the kernel's to take back. */
    private static final long ANONYMOUS_LIMIT_MB = 458;

    private static final long QUOTA_BYTES = 16L << 30;

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void loadAndRestart(@TempDir Path directory) throws Exception {
        Path benchmark = Tools.stock("benchmark");
        try (ServerProcess server =
                ServerProcess.start(Tools.ourEtcd(), directory, "--quota-backend-bytes=" + QUOTA_BYTES)) {
            String output = ServerProcess.run(
                    directory,
                    List.of(),
                    benchmark.toString(),
                    "--endpoints=" + server.endpoint(),
                    "--conns=10",
                    "--clients=100",
                    "put",
                    "--key-size=48",
                    "--sequential-keys",
                    "--key-space-size=" + KEYS,
                    "--val-size=1024",
                    "--total=" + KEYS);
            assertThat(output).as("output of the load tool").doesNotContain("Error distribution", "exit status");
            assertThat(count(server)).isEqualTo(KEYS);
            assertThat(anonymousMegabytes(server))
                    .as("anonymous MB after the load")
                    .isLessThan(ANONYMOUS_LIMIT_MB);

            server.terminate();
            server.restart();
            assertThat(count(server)).isEqualTo(KEYS);
            // What a start leaves may have to be collected yet.
            Await.until(
                    "anonymous memory below " + ANONYMOUS_LIMIT_MB + " MB after a restart",
                    Duration.ofMinutes(1),
                    () -> anonymousMegabytes(server) < ANONYMOUS_LIMIT_MB);
        }
    }

    private static long count(ServerProcess server) {
        ByteString all = ByteString.copyFrom(new byte[1]);
        try (GrpcClient client = new GrpcClient(server)) {
            RangeResponse response = client.kv()
                    .range(RangeRequest.newBuilder()
                            .setKey(all)
                            .setRangeEnd(all)
                            .setCountOnly(true)
                            .build());
            return response.getCount();
        }
    }

    private static long anonymousMegabytes(ServerProcess server) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + server.pid() + "/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        throw new AssertionError("no RssAnon in the process status");
    }
}
