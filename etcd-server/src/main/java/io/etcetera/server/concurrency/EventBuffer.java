package io.etcetera.server.concurrency;

import io.etcetera.mvcc.KeyRange;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.server.concurrency.MemberClient.Changes;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A watch whose batches wait here until they are taken. There is room for a few; one too many is refused, and the store
 * keeps the watch's place.
 *
 * <p>The store's threads put in; everything else is done on the executor.
 */
final class EventBuffer implements WatchSink, AutoCloseable {
    static final int MAX_BATCHES = 16;

    private final BlockingQueue<WatchBatch> batches = new ArrayBlockingQueue<>(MAX_BATCHES);
    private final AtomicBoolean refused = new AtomicBoolean();
    private final AtomicBoolean wakeScheduled = new AtomicBoolean();
    private final Executor executor;
    private final Runnable wake;
    private final WatchStream stream;

    /** @param wake run on the executor after something was put in */
    EventBuffer(MemberClient client, KeyRange range, long startRevision, Changes changes, Runnable wake) {
        this.executor = client.executor();
        this.wake = wake;
        this.stream = client.watch(range, startRevision, changes, this);
    }

    @Override
    public boolean offer(WatchBatch batch) {
        boolean taken = batches.offer(batch);
        if (!taken) {
            refused.set(true);
        }
        // After a refusal too: the buffer may have run empty meanwhile, and then nobody else would look.
        if (wakeScheduled.compareAndSet(false, true)) {
            executor.execute(this::wakeUp);
        }
        return taken;
    }

    private void wakeUp() {
        wakeScheduled.set(false);
        wake.run();
    }

    /** Takes the next batch, if there is one. */
    @Nullable
    WatchBatch poll() {
        WatchBatch batch = batches.poll();
        if (batch == null && refused.compareAndSet(true, false)) {
            stream.resume();
        }
        return batch;
    }

    @Override
    public void close() {
        stream.close();
    }
}
