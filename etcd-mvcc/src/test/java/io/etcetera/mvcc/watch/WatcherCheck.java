package io.etcetera.mvcc.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.proto.mvccpb.KeyValue;
import java.util.List;

/**
 * Holds what one watcher is given against what history says it should get. Each batch must hold exactly the wanted
 * events from where the last one ended to its own last revision: that rules out gaps, repetitions, disorder and split
 * revisions at once.
 */
final class WatcherCheck {
    private final String name;
    private final FakeHistory history;
    private final WatchRequest request;
    private long next;
    private boolean ended;

    /** @param first first revision that the watcher should be given */
    WatcherCheck(String name, FakeHistory history, WatchRequest request, long first) {
        this.name = name;
        this.history = history;
        this.request = request;
        this.next = first;
    }

    void accept(WatchBatch batch, int mostRevisions) {
        assertThat(ended).as("%s: batch after the end", name).isFalse();
        if (batch.compactRevision() != 0) {
            assertThat(batch.events()).as(name).isEmpty();
            assertThat(batch.revision()).as(name).isZero();
            assertThat(batch.compactRevision()).as("%s: end", name).isGreaterThan(next);
            assertThat(history.compactRevision()).as(name).isGreaterThanOrEqualTo(batch.compactRevision());
            ended = true;
            return;
        }
        assertThat(batch.events()).as("%s: batch", name).isNotEmpty();
        long last = batch.events().get(batch.events().size() - 1).revision();
        assertThat(batch.revision()).as("%s: header", name).isBetween(last, history.currentRevision());
        assertThat(batch.events().stream()
                        .mapToLong(WatchEvent::revision)
                        .distinct()
                        .count())
                .as("%s: distinct revisions", name)
                .isLessThanOrEqualTo(mostRevisions);
        List<Event> expected = wanted(next, last);
        List<Event> actual = batch.events().stream()
                .map(event -> RecordingSink.decode(event, false))
                .toList();
        assertThat(actual).as("%s: events %d to %d", name, next, last).isEqualTo(expected);
        if (request.prevKv()) {
            batch.events().forEach(this::checkPrevious);
        }
        next = last + 1;
    }

    private void checkPrevious(WatchEvent event) {
        Event with = RecordingSink.decode(event, true);
        Event without = RecordingSink.decode(event, false);
        assertThat(with.toBuilder().clearPrevKv().build()).as(name).isEqualTo(without);
        boolean creation = !event.isDelete() && with.getKv().getVersion() == 1;
        if (creation) {
            assertThat(with.hasPrevKv()).as("%s: previous version", name).isFalse();
        } else if (with.hasPrevKv()) {
            assertThat(with.getPrevKv().getKey())
                    .as(name)
                    .isEqualTo(with.getKv().getKey());
            assertThat(with.getPrevKv().getModRevision()).as(name).isLessThan(event.revision());
        } else {
            assertThat(history.compactRevision())
                    .as("%s: previous version", name)
                    .isGreaterThan(event.revision() - 1);
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether nothing is missing up to the present. */
    boolean isComplete() {
        return ended || wanted(next, history.currentRevision()).isEmpty();
    }

    private List<Event> wanted(long from, long to) {
        return history.all(from, to).stream()
                .filter(change -> request.range().contains(change.key()))
                .filter(change -> change.isDelete() ? !request.noDelete() : !request.noPut())
                .map(WatcherCheck::event)
                .toList();
    }

    private static Event event(Change change) {
        try {
            KeyValue record = KeyValue.parseFrom(change.record());
            if (!change.isDelete()) {
                return Event.newBuilder().setKv(record).build();
            }
            return Event.newBuilder()
                    .setType(Event.EventType.DELETE)
                    .setKv(KeyValue.newBuilder().setKey(record.getKey()).setModRevision(change.modMain()))
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("not a KeyValue", e);
        }
    }
}
