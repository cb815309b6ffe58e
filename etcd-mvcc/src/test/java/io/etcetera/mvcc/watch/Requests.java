package io.etcetera.mvcc.watch;

import static io.etcetera.mvcc.watch.FakeHistory.bytes;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchStream;

/** Short ways to say what a watcher wants. */
final class Requests {
    static final byte[] FROM_KEY = {0};

    private Requests() {}

    static WatchRequest key(String key, long startRevision) {
        return request(KeyRange.single(bytes(key)), startRevision, WatchStream.AUTO_ID);
    }

    static WatchRequest key(String key, long startRevision, long id) {
        return request(KeyRange.single(bytes(key)), startRevision, id);
    }

    static WatchRequest range(String start, String end, long startRevision) {
        return request(KeyRange.of(bytes(start), bytes(end)), startRevision, WatchStream.AUTO_ID);
    }

    static WatchRequest fromKey(String start, long startRevision) {
        return request(KeyRange.of(bytes(start), FROM_KEY), startRevision, WatchStream.AUTO_ID);
    }

    static WatchRequest request(KeyRange range, long startRevision, long id) {
        return new WatchRequest(range, startRevision, id, false, false, false);
    }

    static WatchRequest filtered(WatchRequest request, boolean noPut, boolean noDelete) {
        return new WatchRequest(
                request.range(), request.startRevision(), request.watchId(), request.prevKv(), noPut, noDelete);
    }
}
