package io.etcetera.mvcc.watch;

import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchRequest;
import io.etcetera.mvcc.WatchStream;

/** A hub without a thread, over a history in memory, with one stream. */
abstract class HubFixture {
    final FakeHistory history = new FakeHistory();
    final StoreWatchHub hub = new StoreWatchHub(history, WatchHubOptions.DEFAULT);
    final RecordingSink sink = new RecordingSink();
    final WatchStream stream = hub.open(sink);

    final void write(String... changes) {
        var made = history.write(changes);
        hub.written(history.currentRevision(), made);
    }

    final long watch(WatchRequest request) throws WatchException {
        long id = stream.watch(request);
        stream.start(id);
        return id;
    }
}
