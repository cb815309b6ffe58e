package io.etcetera.mvcc.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import org.junit.jupiter.api.Test;

class StoreEventTest {
    private final FakeHistory history = new FakeHistory();

    private StoreEvent event(String change) {
        return new StoreEvent(history.write(change).get(0), history);
    }

    private static KeyValue.Builder kv(String key, String value, long create, long mod, long version) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .setCreateRevision(create)
                .setModRevision(mod)
                .setVersion(version);
    }

    @Test
    void aCreationHasNoPreviousVersionAndAsksForNone() {
        StoreEvent event = event("a=1");
        byte[] expected =
                Event.newBuilder().setKv(kv("a", "1", 2, 2, 1)).build().toByteArray();
        assertThat(event.encoded(false)).isEqualTo(expected);
        assertThat(event.encoded(true)).isSameAs(event.encoded(false));
        assertThat(history.previousReads).isZero();
    }

    @Test
    void anUpdateCarriesThePreviousVersionOnlyWhenAsked() {
        event("a=1");
        StoreEvent event = event("a=2");
        Event.Builder plain = Event.newBuilder().setKv(kv("a", "2", 2, 3, 2));
        assertThat(event.encoded(false)).isEqualTo(plain.build().toByteArray());
        assertThat(history.previousReads).isZero();
        assertThat(event.encoded(true))
                .isEqualTo(plain.setPrevKv(kv("a", "1", 2, 2, 1)).build().toByteArray());
        assertThat(event.encoded(true)).isSameAs(event.encoded(true));
        assertThat(history.previousReads).isEqualTo(1);
    }

    @Test
    void aDeleteHoldsOnlyKeyAndRevisionBesideThePreviousVersion() {
        event("a=1");
        StoreEvent event = event("-a");
        Event.Builder plain = Event.newBuilder()
                .setType(Event.EventType.DELETE)
                .setKv(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setModRevision(3));
        assertThat(event.encoded(false)).isEqualTo(plain.build().toByteArray());
        assertThat(event.encoded(true))
                .isEqualTo(plain.setPrevKv(kv("a", "1", 2, 2, 1)).build().toByteArray());
        assertThat(event.isDelete()).isTrue();
    }

    @Test
    void aCompactedPreviousVersionIsMissing() {
        event("a=1");
        StoreEvent event = event("a=2");
        history.compact(3);
        assertThat(event.encoded(true)).isEqualTo(event.encoded(false));
        assertThat(event.encoded(true)).isSameAs(event.encoded(true));
        assertThat(history.previousReads).isEqualTo(1);
    }
}
