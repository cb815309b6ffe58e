package io.etcetera.server.figures;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.server.Etcd;
import io.etcetera.server.EtcdConfig;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints what a member costs the program that it is embedded in: its start and its end, its memory, and calls on the three
 * ways to it. Not a test: run {@code main} with a directory on the disk to be measured and the seconds for each figure (5 if
 * not given), in a JVM of its own for each set of cold figures.
 */
final class InProcessFigures {
    private static final int WARM_STARTS = 9;
    private static final int[] CALLERS = {1, 32};
    private static final int KEYS = 1_000;
    private static final ByteString VALUE = ByteString.copyFrom(new byte[256]);

    private final Path directory;
    private final Duration time;

    private InProcessFigures(Path directory, Duration time) {
        this.directory = directory;
        this.time = time;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = arguments.length > 0 ? Path.of(arguments[0]) : Files.createTempDirectory("in-process-figures");
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        InProcessFigures figures = new InProcessFigures(directory, Duration.ofSeconds(seconds));
        figures.startsAndEnds();
        figures.idleMemory();
        figures.calls();
    }

    private void startsAndEnds() throws Exception {
        double jvmMillis = ManagementFactory.getRuntimeMXBean().getUptime();
        double[] cold = startAndEnd("cold");
        print("JVM before it, cold", millis(jvmMillis));
        print("start to the first answered put, cold JVM", millis(cold[0]));
        print("close, cold JVM", millis(cold[1]));
        double[] starts = new double[WARM_STARTS];
        double[] ends = new double[WARM_STARTS];
        for (int i = 0; i < WARM_STARTS; i++) {
            double[] warm = startAndEnd("warm-" + i);
            starts[i] = warm[0];
            ends[i] = warm[1];
        }
        Arrays.sort(starts);
        Arrays.sort(ends);
        print("start to the first answered put, warm JVM", millis(starts[WARM_STARTS / 2]));
        print("close, warm JVM", millis(ends[WARM_STARTS / 2]));
    }

    /** Milliseconds of both. */
    private double[] startAndEnd(String name) throws Exception {
        long begin = System.nanoTime();
        long answered;
        try (Etcd etcd = start(name)) {
            put(etcd.channel(), 0);
            answered = System.nanoTime();
        }
        return new double[] {(answered - begin) / 1e6, (System.nanoTime() - answered) / 1e6};
    }

    private Etcd start(String name) throws Exception {
        List<URI> anyPort = List.of(URI.create("http://127.0.0.1:0"));
        return Etcd.start(EtcdConfig.builder()
                .name(name)
                .dataDir(directory.resolve(name + ".data"))
                .listenClientUrls(anyPort)
                .advertiseClientUrls(anyPort)
                .listenPeerUrls(anyPort)
                .build());
    }

    private void idleMemory() throws Exception {
        Memory before = Memory.now();
        try (Etcd etcd = start("idle")) {
            put(etcd.channel(), 0);
            Memory with = Memory.now();
            print("heap of an idle member", megabytes(with.heapBytes - before.heapBytes));
            print("direct buffers of an idle member", megabytes(with.directBytes - before.directBytes));
            print("anonymous memory of the process with it", megabytes(with.anonymousBytes));
            print("threads of an idle member", Integer.toString(with.threads - before.threads));
        }
    }

    /** What the JVM holds after a collection; what is anonymous by what Linux says, else 0. */
    private record Memory(long heapBytes, long directBytes, long anonymousBytes, int threads) {
        static Memory now() throws Exception {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            Path status = Path.of("/proc/self/status");
            long anonymous = !Files.exists(status)
                    ? 0
                    : Files.readAllLines(status).stream()
                            .filter(line -> line.startsWith("RssAnon:"))
                            .mapToLong(line -> 1_024 * Long.parseLong(line.replaceAll("\\D", "")))
                            .sum();
            return new Memory(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    direct,
                    anonymous,
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }
    }

    private void calls() throws Exception {
        try (Etcd etcd = start("calls")) {
            ManagedChannel socket = Grpc.newChannelBuilder(
                            etcd.clientUrls().get(0).getAuthority(), InsecureChannelCredentials.create())
                    .build();
            try {
                for (int i = 0; i < KEYS; i++) {
                    put(etcd.channel(), i);
                }
                measure("put, channel()", number -> put(etcd.channel(), number));
                measure("put, socket", number -> put(socket, number));
                measure("get, channel()", number -> get(etcd.channel(), number, false));
                measure("get, socket", number -> get(socket, number, false));
                measure("get, reads()", number -> etcd.reads().range(request(number, false)));
                measure("serializable get, channel()", number -> get(etcd.channel(), number, true));
                measure("serializable get, socket", number -> get(socket, number, true));
                measure("serializable get, reads()", number -> etcd.reads().range(request(number, true)));
            } finally {
                socket.shutdownNow();
            }
        }
    }

    /** Once to warm up, once to measure. */
    private void measure(String what, ClosedLoop.Call call) throws Exception {
        for (int callers : CALLERS) {
            var unusedWarmUp = ClosedLoop.run(callers, time, call);
            print(
                    what + ", callers: " + callers,
                    ClosedLoop.run(callers, time, call).toString());
        }
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8(String.format(Locale.ROOT, "key-%06d", number % KEYS));
    }

    private static void put(Channel channel, int number) {
        var unused = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder().setKey(key(number)).setValue(VALUE).build());
    }

    private static RangeRequest request(int number, boolean serializable) {
        return RangeRequest.newBuilder()
                .setKey(key(number))
                .setSerializable(serializable)
                .build();
    }

    private static void get(Channel channel, int number, boolean serializable) {
        var unused = KVGrpc.newBlockingStub(channel).range(request(number, serializable));
    }

    private static void print(String what, String value) {
        System.out.printf(Locale.ROOT, "%-45s %s%n", what, value);
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%.0f ms", value);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
