package io.etcetera.server.rpc.port;

import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchCounts;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchHub;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.proto.mvccpb.Event;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps book of streams and watchers; the test plays the store and hands batches to the sink. */
public final class FakeWatchHub implements WatchHub {
    public final BlockingQueue<Stream> opened = new LinkedBlockingQueue<>();

    @Override
    public WatchStream open(WatchSink sink) {
        Stream stream = new Stream(sink);
        opened.add(stream);
        return stream;
    }

    @Override
    public WatchCounts counts() {
        return new WatchCounts(0, 0, 0, 0, 0);
    }

    /** A batch of a write, in a round of the same number. */
    public static WatchBatch batch(long watchId, long revision, Event... events) {
        return batch(watchId, revision, revision, events);
    }

    public static WatchBatch batch(long watchId, long revision, long round, Event... events) {
        return new WatchBatch(
                watchId,
                revision,
                List.of(events).stream().map(FakeWatchHub::event).toList(),
                0,
                round);
    }

    public static WatchEvent event(Event full) {
        return new WatchEvent() {
            @Override
            public byte[] encoded(boolean withPrevKv) {
                return withPrevKv
                        ? full.toByteArray()
                        : full.toBuilder().clearPrevKv().build().toByteArray();
            }

            @Override
            public long revision() {
                return full.getKv().getModRevision();
            }

            @Override
            public boolean isDelete() {
                return full.getType() == Event.EventType.DELETE;
            }
        };
    }

    public static final class Stream implements WatchStream {
        public final WatchSink sink;
        final Map<Long, WatchRequest> watchers = new ConcurrentHashMap<>();
        public final BlockingQueue<Long> started = new LinkedBlockingQueue<>();
        public final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        public final AtomicInteger resumes = new AtomicInteger();
        public volatile long progress;
        public volatile boolean closed;

        Stream(WatchSink sink) {
            this.sink = sink;
        }

        public WatchRequest watcher(long id) {
            WatchRequest request = watchers.get(id);
            if (request == null) {
                throw new AssertionError("no watcher " + id);
            }
            return request;
        }

        @Override
        public long watch(WatchRequest request) throws WatchException {
            if (request.range().isEmpty()) {
                throw new WatchException(WatchException.Kind.EMPTY_RANGE);
            }
            long id = request.watchId();
            while (id == AUTO_ID && watchers.containsKey(id)) {
                id++;
            }
            if (watchers.putIfAbsent(id, request) != null) {
                throw new WatchException(WatchException.Kind.DUPLICATE_ID);
            }
            return id;
        }

        @Override
        public void start(long watchId) {
            started.add(watchId);
        }

        @Override
        public boolean cancel(long watchId) {
            return watchers.remove(watchId) != null;
        }

        @Override
        public int size() {
            return watchers.size();
        }

        @Override
        public long progressRevision() {
            return watchers.isEmpty() ? 0 : progress;
        }

        @Override
        public long progressRevision(long watchId) {
            return watchers.containsKey(watchId) ? progress : 0;
        }

        @Override
        public void resume() {
            resumes.incrementAndGet();
            calls.add("resume");
        }

        @Override
        public void close() {
            closed = true;
            calls.add("close");
        }
    }
}
