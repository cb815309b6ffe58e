package io.etcetera.mvcc.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.proto.mvccpb.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what it takes; refuses when it has no room. */
final class RecordingSink implements WatchSink {
    final List<WatchBatch> taken = new ArrayList<>();
    int room = Integer.MAX_VALUE;
    int refusals;

    /** Called inside each offer, before it is answered. */
    @Nullable
    Runnable callback;

    @Override
    public boolean offer(WatchBatch batch) {
        Runnable inside = callback;
        if (inside != null) {
            inside.run();
        }
        if (room == 0) {
            refusals++;
            return false;
        }
        room--;
        taken.add(batch);
        return true;
    }

    /** All batches as text, "id@header[rev:key=value rev:-key]", and forgets them. */
    List<String> drain() {
        List<String> lines = taken.stream().map(RecordingSink::line).toList();
        taken.clear();
        return lines;
    }

    static String line(WatchBatch batch) {
        if (batch.compactRevision() != 0) {
            assertThat(batch.events()).isEmpty();
            return batch.watchId() + "@" + batch.revision() + " compacted " + batch.compactRevision();
        }
        List<String> events = batch.events().stream().map(RecordingSink::line).toList();
        return batch.watchId() + "@" + batch.revision() + events;
    }

    static String line(WatchEvent event) {
        Event decoded = decode(event, false);
        assertThat(decoded.getKv().getModRevision()).isEqualTo(event.revision());
        assertThat(decoded.getType() == Event.EventType.DELETE).isEqualTo(event.isDelete());
        String key = decoded.getKv().getKey().toStringUtf8();
        return event.revision()
                + ":"
                + (event.isDelete()
                        ? "-" + key
                        : key + "=" + decoded.getKv().getValue().toStringUtf8());
    }

    static Event decode(WatchEvent event, boolean withPrevKv) {
        try {
            return Event.parseFrom(event.encoded(withPrevKv));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("not an Event", e);
        }
    }
}
