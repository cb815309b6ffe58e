package io.etcetera.server.direct;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchEvent;
import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchHub;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.mvccpb.Event;
import io.etcetera.server.read.WatchRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch of code in this JVM; made by {@link DirectReads#watch}. Thread-safe.
 *
 * <p>The store's threads put batches into a bounded queue and wake the delivery, which runs on a worker thread, once at a time. A
 * batch for which there is no room is refused, and the store keeps the watch's place until half of the queue is free again.
 */
public final class DirectWatch implements AutoCloseable {
    static final int MAX_BATCHES = 128;

    private static final Logger log = LoggerFactory.getLogger(DirectWatch.class);

    private final WatchListener listener;
    private final boolean prevKv;
    private final Executor threads;
    private final Consumer<DirectWatch> whenEnded;
    private final WatchStream stream;

    private final BlockingQueue<WatchBatch> batches = new ArrayBlockingQueue<>(MAX_BATCHES);
    private final AtomicBoolean refused = new AtomicBoolean();

    /** Calls to wake the delivery that it has not answered yet; it runs while this is not 0. */
    private final AtomicInteger wakeUps = new AtomicInteger();

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile boolean stopping;
    private volatile boolean ended;

    DirectWatch(
            WatchHub hub, WatchListener listener, boolean prevKv, Executor threads, Consumer<DirectWatch> whenEnded) {
        this.listener = listener;
        this.prevKv = prevKv;
        this.threads = threads;
        this.whenEnded = whenEnded;
        WatchSink sink = this::offer;
        this.stream = hub.open(sink);
    }

    void begin(WatchCreateRequest request) throws WatchException {
        stream.start(stream.watch(WatchRequests.toStore(request)));
    }

    /** From the store's threads, with its lock held. */
    private boolean offer(WatchBatch batch) {
        boolean taken = batches.offer(batch);
        if (!taken) {
            refused.set(true);
        }
        // After a refusal too: the queue may have run empty between the two, and then nobody else would look.
        wake();
        return taken;
    }

    private void wake() {
        if (wakeUps.getAndIncrement() == 0) {
            try {
                threads.execute(this::run);
            } catch (RejectedExecutionException e) {
                log.debug("the member is closed, and its watches with it", e);
                ended = true;
                done.complete(null);
            }
        }
    }

    private void run() {
        int answered = wakeUps.get();
        while (answered != 0) {
            deliver();
            answered = wakeUps.addAndGet(-answered);
        }
    }

    private void deliver() {
        try {
            for (WatchBatch batch = batches.poll(); batch != null && !ended; batch = batches.poll()) {
                deliver(batch);
                makeRoom();
            }
            makeRoom();
            if (stopping && !ended) {
                end();
                listener.stopped();
            }
        } catch (RuntimeException e) {
            log.warn("a listener of a watch has thrown; the watch ends", e);
            end();
        }
        if (ended) {
            done.complete(null);
        }
    }

    private void deliver(WatchBatch batch) {
        if (batch.compactRevision() != 0) {
            end();
            listener.compacted(batch.compactRevision());
        } else {
            listener.events(decode(batch), batch.revision());
        }
    }

    private List<Event> decode(WatchBatch batch) {
        List<Event> events = new ArrayList<>(batch.events().size());
        for (WatchEvent event : batch.events()) {
            try {
                events.add(Event.parseFrom(event.encoded(prevKv)));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("an event of revision " + event.revision() + " cannot be read", e);
            }
        }
        return events;
    }

    private void makeRoom() {
        if (refused.get() && batches.size() <= MAX_BATCHES / 2 && refused.compareAndSet(true, false) && !ended) {
            stream.resume();
        }
    }

    private void end() {
        ended = true;
        stream.close();
        batches.clear();
        whenEnded.accept(this);
    }

    /** The member closes. Completes when what has come so far has been delivered. */
    CompletableFuture<Void> stop() {
        stopping = true;
        wake();
        return done;
    }

    /**
     * Ends the watch. The listener is not called any more, but for a call that may be under way; it may close the watch itself.
     * Idempotent.
     */
    @Override
    public void close() {
        end();
    }
}
