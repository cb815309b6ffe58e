package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.server.testing.LeftThreads;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One member after the other in one JVM, which must not notice how many there have been. {@code -Detcetera.rounds=200} for more. */
class StartStopTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("key");
    private static final int ROUNDS = Integer.getInteger("etcetera.rounds", 12);

    /** What caches need to fill: they are the process's, not a member's. */
    private static final int WARM_UP = 6;

    /** Netty's allocator takes chunks of 4 MiB, and fills them when it likes: less than one a round would be a leak. */
    private static final long TOLERATED_BYTES = 40 << 20;

    @TempDir
    private Path directory;

    private void round(int number) throws Exception {
        EtcdConfig config = EtcdConfig.builder()
                .dataDir(directory.resolve("default.etcd"))
                .listenClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .advertiseClientUrls(List.of(URI.create("http://127.0.0.1:0")))
                .listenPeerUrls(List.of(URI.create("http://127.0.0.1:0")))
                .build();
        Etcd etcd = Etcd.launcher(config).startAsync();
        try {
            etcd.ready().get(60, TimeUnit.SECONDS);
            CountDownLatch seen = new CountDownLatch(1);
            etcd.reads()
                    .watch(WatchCreateRequest.newBuilder().setKey(KEY).build(), (events, revision) -> seen.countDown());
            long revision = KVGrpc.newBlockingStub(etcd.channel())
                    .put(PutRequest.newBuilder().setKey(KEY).build())
                    .getHeader()
                    .getRevision();
            assertThat(revision).isEqualTo(number + 2);
            assertThat(seen.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(etcd.reads()
                            .range(RangeRequest.newBuilder().setKey(KEY).build())
                            .getCount())
                    .isEqualTo(1);
        } finally {
            long begin = System.nanoTime();
            etcd.close();
            etcd.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    @Timeout(1200)
    void leavesNothingBehind() throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            round(i);
        }
        LeftThreads threads = LeftThreads.sinceNow();
        long directBytes = directBytes();
        for (int i = WARM_UP; i < WARM_UP + ROUNDS; i++) {
            round(i);
        }
        assertThat(threads.awaitNone()).isEmpty();
        assertThat(directBytes()).isLessThan(directBytes + TOLERATED_BYTES);
        assumeThat(Path.of("/proc/self")).isDirectory();
        assertThat(openFiles()).noneMatch(file -> file.startsWith(directory.toString()));
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            assertThat(mappings).noneMatch(mapping -> mapping.contains(directory.toString()));
        }
    }

    private static long directBytes() {
        long pools = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return pools + Math.max(0, PlatformDependent.usedDirectMemory());
    }

    private static List<String> openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.map(StartStopTest::target).toList();
        }
    }

    /** Empty for one that has been closed meanwhile. */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
