package io.etcetera.server.rpc.watch;

import static io.etcetera.server.rpc.WireBytes.assertBytes;
import static io.etcetera.server.rpc.WireBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.WatchEvent;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.WireBytes;
import io.etcetera.server.rpc.port.FakeMember;
import io.etcetera.server.rpc.port.FakeWatchHub;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is put together by hand must be, byte for byte, what protobuf would write. */
class WatchMessagesTest {
    private final ResponseHeaders headers = WireBytes.headers();

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

    private static List<Event> randomEvents(Random random, int count, int maxValue) {
        List<Event> events = new ArrayList<>();
        for (KeyValue kv : WireBytes.randomKvs(random, count)) {
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
}
