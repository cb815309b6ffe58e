package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.testing.GrpcClient;
import io.etcetera.daemon.testing.ServerProcess;
import io.etcetera.daemon.testing.Tools;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Slow readers, and very many of them, at stock etcd and at this server: both have to pass. A client that does not read
 * gets everything in order once it does, holds nobody else up meanwhile, and costs the server no memory.
 */
class WatchLoadIT {
    private static final String QUOTA = "--quota-backend-bytes=8589934592";
    private static final long WAIT_SECONDS = 120;
    private static final int EVENTS = 100_000;
    private static final int WATCHES = 10_000;
    private static final int STREAMS = 1_000;
    private static final ByteString KEY = ByteString.copyFromUtf8("key");
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);
    /** All events together are six times as much as the heap may grow. */
    private static final ByteString VALUE = ByteString.copyFrom(new byte[1000]);

    private static final long MAX_HEAP_GROWTH_BYTES = 16 << 20;

    private final FastDirectory directory;
    private final Arrivals arrivals = new Arrivals();
    private final List<GrpcClient> clients = new ArrayList<>();

    WatchLoadIT() throws Exception {
        directory = FastDirectory.create("watch-load");
    }

    @AfterEach
    void removeData() throws Exception {
        clients.forEach(GrpcClient::close);
        directory.close();
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void aStalledReaderLosesNothing(Server kind) throws Exception {
        try (ServerProcess server = start(kind)) {
            GrpcClient writer = connect(server);
            double alone = PutStorm.run(writer.channel(), EVENTS / 4, i -> KEY, VALUE) * 4;
            long first = EVENTS / 4 + 2;

            RawStream stalled = stalled(server);
            RawStream reading = RawStream.open(caller(server), arrivals);
            reading.send(create(first));
            long before = kind == Server.OURS ? JavaHeap.liveBytes(server) : 0;
            double beside = PutStorm.run(writer.channel(), EVENTS, i -> KEY, VALUE);
            expectEvents(reading, first, EVENTS);
            if (kind == Server.OURS) {
                assertThat(JavaHeap.liveBytes(server) - before).isLessThan(MAX_HEAP_GROWTH_BYTES);
            }
            stalled.request(Integer.MAX_VALUE);
            expectEvents(stalled, first, EVENTS);
            System.out.printf(
                    "%s: %d puts in %.1f s alone, %.1f s beside a stalled reader%n", kind, EVENTS, alone, beside);
            assertThat(beside).isLessThan(4 * alone + 5);
        }
    }

    /** What was on its way before the compaction comes in order; then the client is told what it has missed. */
    @ParameterizedTest
    @EnumSource(Server.class)
    void compactionEndsAStalledReader(Server kind) throws Exception {
        try (ServerProcess server = start(kind)) {
            GrpcClient writer = connect(server);
            RawStream stalled = stalled(server);
            int count = EVENTS / 4;
            PutStorm.run(writer.channel(), count, i -> KEY, VALUE);
            long revision = count + 1L;
            writer.kv()
                    .compact(CompactionRequest.newBuilder()
                            .setRevision(revision)
                            .setPhysical(true)
                            .build());
            stalled.request(Integer.MAX_VALUE);

            long next = 2;
            while (true) {
                WatchResponse message = next(stalled);
                if (message.getCanceled()) {
                    assertThat(message.getCompactRevision()).isEqualTo(revision);
                    assertThat(message.getHeader().getRevision()).isZero();
                    break;
                }
                next = expectEvents(message, next);
            }
            assertThat(next).isBetween(3L, revision);
        }
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void tenThousandWatchesOnOneStream(Server kind) throws Exception {
        try (ServerProcess server = start(kind)) {
            GrpcClient writer = connect(server);
            RawStream stream = RawStream.open(caller(server), arrivals);
            long start = System.nanoTime();
            for (int i = 0; i < WATCHES; i++) {
                // One in ten for all keys, the others for one each.
                stream.send(i % 10 == 0 ? createAll() : create(key(i), 0));
            }
            for (int i = 0; i < WATCHES; i++) {
                WatchResponse reply = next(stream);
                assertThat(reply.getCreated()).isTrue();
                assertThat(reply.getWatchId()).isEqualTo(i);
            }
            double created = (System.nanoTime() - start) / 1e9;
            int puts = 20;
            PutStorm.run(writer.channel(), puts, i -> key(i + 1), VALUE);
            int expected = IntStream.rangeClosed(1, puts)
                    .map(i -> WATCHES / 10 + (i % 10 == 0 ? 0 : 1))
                    .sum();
            Set<String> seen = new HashSet<>();
            long[] last = new long[WATCHES];
            while (seen.size() < expected) {
                WatchResponse message = next(stream);
                int id = (int) message.getWatchId();
                for (Event event : message.getEventsList()) {
                    assertThat(event.getKv().getModRevision()).isGreaterThan(last[id]);
                    last[id] = event.getKv().getModRevision();
                    assertThat(id % 10 == 0 || event.getKv().getKey().equals(key(id)))
                            .isTrue();
                    assertThat(seen.add(id + "@" + last[id])).isTrue();
                }
            }
            System.out.printf(
                    "%s: %d watches created in %.2f s, all events in %.2f s%n",
                    kind, WATCHES, created, (System.nanoTime() - start) / 1e9 - created);
        }
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void aThousandStreams(Server kind) throws Exception {
        try (ServerProcess server = start(kind)) {
            GrpcClient writer = connect(server);
            List<RawStream> streams = new ArrayList<>();
            RawCaller caller = caller(server);
            for (int i = 0; i < STREAMS; i++) {
                if (i % 100 == 0) {
                    caller = caller(server);
                }
                RawStream stream = RawStream.open(caller, arrivals);
                stream.send(create(2));
                streams.add(stream);
            }
            int count = 50;
            PutStorm.run(writer.channel(), count, i -> KEY, VALUE);
            for (RawStream stream : streams) {
                expectEvents(stream, 2, count);
            }
        }
    }

    private ServerProcess start(Server kind) throws Exception {
        Path program = kind == Server.STOCK ? Tools.stock("etcd") : Tools.ourEtcd();
        return ServerProcess.start(program, directory.path().resolve(kind.name()), QUOTA);
    }

    private GrpcClient connect(ServerProcess server) {
        GrpcClient client = new GrpcClient(server);
        clients.add(client);
        return client;
    }

    private RawCaller caller(ServerProcess server) {
        return new RawCaller(connect(server).channel());
    }

    /** A stream with a watch of all that is to come, whose client has read that it is created, and stopped reading. */
    private RawStream stalled(ServerProcess server) throws InterruptedException {
        RawStream stream = RawStream.openStalled(caller(server), arrivals);
        stream.request(1);
        stream.send(create(KEY, 0));
        assertThat(next(stream).getCreated()).isTrue();
        return stream;
    }

    private WatchResponse next(RawStream stream) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        return stream.next(deadline).orElseThrow(() -> new AssertionError("no message in time; end: " + stream.end()));
    }

    /** Exactly these events come, one for each revision, after the reply if that has not been read. */
    private void expectEvents(RawStream stream, long first, int count) throws InterruptedException {
        long next = first;
        while (next < first + count) {
            WatchResponse message = next(stream);
            if (!message.getCreated()) {
                next = expectEvents(message, next);
            }
        }
        assertThat(next).isEqualTo(first + count);
    }

    /** Returns the revision that has to come next. */
    private static long expectEvents(WatchResponse message, long first) {
        long next = first;
        assertThat(message.getEventsCount()).isPositive();
        for (Event event : message.getEventsList()) {
            assertThat(event.getType()).isEqualTo(Event.EventType.PUT);
            assertThat(event.getKv().getKey()).isEqualTo(KEY);
            assertThat(event.getKv().getValue()).isEqualTo(VALUE);
            assertThat(event.getKv().getModRevision()).isEqualTo(next);
            assertThat(event.getKv().getVersion()).isEqualTo(next - 1);
            next++;
        }
        return next;
    }

    private static ByteString key(int number) {
        return ByteString.copyFromUtf8("key-" + number);
    }

    private static ByteString create(long startRevision) {
        return create(KEY, startRevision);
    }

    private static ByteString create(ByteString key, long startRevision) {
        return request(WatchCreateRequest.newBuilder().setKey(key).setStartRevision(startRevision));
    }

    private static ByteString createAll() {
        return request(WatchCreateRequest.newBuilder().setKey(ZERO).setRangeEnd(ZERO));
    }

    private static ByteString request(WatchCreateRequest.Builder create) {
        return WatchRequest.newBuilder().setCreateRequest(create).build().toByteString();
    }
}
