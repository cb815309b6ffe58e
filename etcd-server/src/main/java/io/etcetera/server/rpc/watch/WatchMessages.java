package io.etcetera.server.rpc.watch;

import io.etcetera.mvcc.WatchEvent;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.server.rpc.MessageTooLargeException;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.ResponseHeaders;
import io.etcetera.server.rpc.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Encodes the messages of a watch stream. Events stay as the store encoded them. */
final class WatchMessages {
    /** Watch ID of what concerns no single watch: a refusal, or the progress of all. */
    static final long NO_WATCH = -1;

    private static final int WATCH_ID_FIELD = 2;
    private static final int FRAGMENT_FIELD = 7;
    private static final int EVENTS_FIELD = 11;

    private final ResponseHeaders headers;
    private final int maxMessageBytes;

    WatchMessages(ResponseHeaders headers, int maxMessageBytes) {
        this.headers = headers;
        this.maxMessageBytes = maxMessageBytes;
    }

    Outbound created(long watchId, long revision) {
        return Outbound.of(header(watchId, revision).setCreated(true).build());
    }

    Outbound refused(long revision, String reason) {
        return Outbound.of(header(NO_WATCH, revision)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason)
                .build());
    }

    Outbound canceled(long watchId, long revision) {
        return Outbound.of(header(watchId, revision).setCanceled(true).build());
    }

    /** The watch has ended because what it wanted is gone. Its header has no revision, as in etcd. */
    Outbound compacted(long watchId, long compactRevision) {
        return Outbound.of(header(watchId, 0)
                .setCanceled(true)
                .setCompactRevision(compactRevision)
                .build());
    }

    Outbound progress(long watchId, long revision) {
        return Outbound.of(header(watchId, revision).build());
    }

    private WatchResponse.Builder header(long watchId, long revision) {
        return WatchResponse.newBuilder().setHeader(headers.at(revision)).setWatchId(watchId);
    }

    /** One message with these events, or several if the client can put them together again and they are many. */
    List<Outbound> events(long watchId, long revision, List<WatchEvent> events, boolean prevKv, boolean mayFragment) {
        List<byte[]> encoded = new ArrayList<>(events.size());
        for (WatchEvent event : events) {
            encoded.add(event.encoded(prevKv));
        }
        Outbound whole = message(watchId, revision, encoded, false);
        if (!mayFragment || encoded.size() < 2 || whole.size() < maxMessageBytes) {
            return List.of(whole);
        }
        return fragments(watchId, revision, encoded);
    }

    private List<Outbound> fragments(long watchId, long revision, List<byte[]> events) {
        long head = head(watchId, revision, true).length;
        List<Outbound> all = new ArrayList<>();
        int from = 0;
        while (from < events.size()) {
            long size = head + eventSize(events.get(from));
            int to = from + 1;
            while (to < events.size() && size + eventSize(events.get(to)) < maxMessageBytes) {
                size += eventSize(events.get(to));
                to++;
            }
            all.add(message(watchId, revision, events.subList(from, to), to < events.size()));
            from = to;
        }
        return all;
    }

    private Outbound message(long watchId, long revision, List<byte[]> events, boolean fragment) {
        byte[] head = head(watchId, revision, fragment);
        long size = head.length;
        for (byte[] event : events) {
            size += eventSize(event);
        }
        return new Events(MessageTooLargeException.check(size), head, events);
    }

    private byte[] head(long watchId, long revision, boolean fragment) {
        long term = headers.term();
        byte[] head =
                new byte[headers.size(revision, term) + Wire.fieldSize(watchId) + Wire.fieldSize(fragment ? 1 : 0)];
        int at = headers.put(head, 0, revision, term);
        at = Wire.putField(head, at, WATCH_ID_FIELD, watchId);
        Wire.putField(head, at, FRAGMENT_FIELD, fragment ? 1 : 0);
        return head;
    }

    private static long eventSize(byte[] event) {
        return Wire.bytesFieldSize(event.length);
    }

    private static final class Events extends Outbound {
        private final byte[] head;
        private final List<byte[]> events;

        Events(int size, byte[] head, List<byte[]> events) {
            super(size);
            this.head = head;
            this.events = events;
        }

        @Override
        protected void writeTo(OutputStream target) throws IOException {
            target.write(head, 0, head.length);
            byte[] prefix = new byte[1 + Wire.MAX_VARINT];
            for (byte[] event : events) {
                target.write(prefix, 0, Wire.putBytesPrefix(prefix, 0, EVENTS_FIELD, event.length));
                target.write(event, 0, event.length);
            }
        }
    }
}
