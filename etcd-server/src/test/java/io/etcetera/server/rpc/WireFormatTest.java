package io.etcetera.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.etcetera.mvcc.StoredKeyValue;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.proto.etcdserverpb.RangeResponse;
import io.etcetera.proto.etcdserverpb.RangeStreamResponse;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.read.RangeOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is put together by hand must be, byte for byte, what protobuf would write. */
class WireFormatTest {
    private final FakeMember member = new FakeMember();
    private final MemberParts parts = member.parts(FakeMember.config().build());
    private final ResponseHeaders headers = new ResponseHeaders(parts.membership(), parts.raft(), parts.store());

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 127, 128, 16383, 16384, 1L << 35, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void varints(long value) throws IOException {
        byte[] expected = new byte[CodedOutputStream.computeUInt64SizeNoTag(value)];
        CodedOutputStream.newInstance(expected).writeUInt64NoTag(value);
        byte[] actual = new byte[Wire.varintSize(value)];
        assertThat(Wire.putVarint(actual, 0, value)).isEqualTo(expected.length);
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void rangeResponses() throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            List<KeyValue> kvs = randomKvs(random, random.nextInt(4));
            boolean more = random.nextBoolean();
            long count = random.nextInt(3) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 60));
            long revision = random.nextLong(1L << random.nextInt(1, 60));
            RangeResponse expected = RangeResponse.newBuilder()
                    .setHeader(FakeMember.header(revision))
                    .addAllKvs(kvs)
                    .setMore(more)
                    .setCount(count)
                    .build();
            RangeOutcome outcome = new RangeOutcome(stored(kvs), more, count, revision);
            assertBytes(KvsOutbound.range(headers, outcome), expected.toByteArray());

            RangeStreamResponse last =
                    RangeStreamResponse.newBuilder().setRangeResponse(expected).build();
            assertBytes(KvsOutbound.lastChunk(headers, revision, stored(kvs), more, count), last.toByteArray());

            RangeStreamResponse chunk = RangeStreamResponse.newBuilder()
                    .setRangeResponse(RangeResponse.newBuilder().addAllKvs(kvs))
                    .build();
            assertBytes(KvsOutbound.chunk(stored(kvs)), chunk.toByteArray());
        }
    }

    @Test
    void headerAlone() {
        assertThat(headers.alone(5))
                .isEqualTo(RangeResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .build()
                        .toByteArray());
    }

    @Test
    void watchResponses() throws IOException {
        Random random = new Random(8);
        WatchMessages messages = new WatchMessages(headers, 1 << 20);
        for (long watchId : new long[] {0, 1, 300, -1, Long.MAX_VALUE}) {
            List<Event> events = randomEvents(random, 1 + random.nextInt(4), 50);
            WatchResponse expected = WatchResponse.newBuilder()
                    .setHeader(FakeMember.header(77))
                    .setWatchId(watchId)
                    .addAllEvents(events)
                    .build();
            List<Outbound> actual = messages.events(watchId, 77, watchEvents(events), true, false);
            assertThat(actual).hasSize(1);
            assertBytes(actual.get(0), expected.toByteArray());
        }
    }

    @Test
    void fragmentsStayBelowTheLimitAndKeepOrder() throws IOException {
        int limit = 1000;
        WatchMessages messages = new WatchMessages(headers, limit);
        List<Event> events = randomEvents(new Random(9), 40, 300);
        List<WatchEvent> watched = watchEvents(events);

        assertThat(messages.events(4, 77, watched, true, false)).hasSize(1);

        List<Event> seen = new ArrayList<>();
        List<Outbound> fragments = messages.events(4, 77, watched, true, true);
        for (int i = 0; i < fragments.size(); i++) {
            WatchResponse fragment = WatchResponse.parseFrom(bytes(fragments.get(i)));
            assertThat(fragment.getSerializedSize()).isLessThan(limit);
            assertThat(fragment.getFragment()).isEqualTo(i < fragments.size() - 1);
            assertThat(fragment.getHeader()).isEqualTo(FakeMember.header(77));
            assertThat(fragment.getWatchId()).isEqualTo(4);
            seen.addAll(fragment.getEventsList());
        }
        assertThat(fragments.size()).isGreaterThan(5);
        assertThat(seen).isEqualTo(events);
    }

    @Test
    void oneEventLargerThanTheLimitGoesAlone() throws IOException {
        WatchMessages messages = new WatchMessages(headers, 100);
        List<Event> events = randomEvents(new Random(10), 3, 300);
        assertThat(messages.events(4, 77, watchEvents(events), true, true)).hasSize(3);
        assertThat(messages.events(4, 77, watchEvents(events.subList(0, 1)), true, true))
                .hasSize(1);
    }

    private static void assertBytes(Outbound actual, byte[] expected) throws IOException {
        assertThat(actual.available()).isEqualTo(expected.length);
        assertThat(bytes(actual)).isEqualTo(expected);
        assertThat(actual.available()).isZero();
    }

    /** Drains as Netty's transport does. */
    private static byte[] bytes(Outbound message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        message.drainTo(bytes);
        return bytes.toByteArray();
    }

    @Test
    void readsLikeAnyInputStream() throws IOException {
        byte[] content = {1, 2, 3};
        assertThat(Outbound.of(content).readAllBytes()).isEqualTo(content);
        Outbound half = Outbound.of(content);
        assertThat(half.read()).isEqualTo(1);
        assertThat(half.available()).isEqualTo(2);
        assertThat(bytes(half)).containsExactly(2, 3);
    }

    private static List<KeyValue> randomKvs(Random random, int count) {
        List<KeyValue> kvs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[random.nextInt(300)];
            random.nextBytes(value);
            kvs.add(KeyValue.newBuilder()
                    .setKey(ByteString.copyFromUtf8("key" + i))
                    .setModRevision(random.nextInt(1000))
                    .setValue(ByteString.copyFrom(value))
                    .build());
        }
        return kvs;
    }

    private static List<Event> randomEvents(Random random, int count, int maxValue) {
        List<Event> events = new ArrayList<>();
        for (KeyValue kv : randomKvs(random, count)) {
            KeyValue cut = kv.toBuilder()
                    .setValue(kv.getValue()
                            .substring(0, Math.min(maxValue, kv.getValue().size())))
                    .build();
            events.add(Event.newBuilder().setKv(cut).setPrevKv(cut).build());
        }
        return events;
    }

    private static List<WatchEvent> watchEvents(List<Event> events) {
        return events.stream().map(FakeWatchHub::event).toList();
    }

    private static List<StoredKeyValue> stored(List<KeyValue> kvs) {
        return kvs.stream()
                .map(kv -> new StoredKeyValue(kv.toByteArray(), 1, 1, 1))
                .toList();
    }
}
