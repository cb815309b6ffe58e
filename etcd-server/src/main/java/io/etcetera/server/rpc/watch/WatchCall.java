package io.etcetera.server.rpc.watch;

import io.etcetera.mvcc.WatchBatch;
import io.etcetera.mvcc.WatchException;
import io.etcetera.mvcc.WatchSink;
import io.etcetera.mvcc.WatchStream;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.server.Callbacks;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.auth.Caller;
import io.etcetera.server.net.EventLoops;
import io.etcetera.server.read.WatchRequests;
import io.etcetera.server.rpc.Outbound;
import io.etcetera.server.rpc.StatusTable;
import io.etcetera.server.rpc.call.RpcContext;
import io.etcetera.server.rpc.call.StreamCall;
import io.etcetera.server.rpc.watch.WatchQueue.Entry;
import io.etcetera.server.rpc.watch.WatchQueue.Watch;
import io.grpc.ServerCall;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One watch stream. The store's threads only put batches into the queue; everything else, encoding included, happens on
 * the event loop, as fast as gRPC has room. Not all at once: a stream sends a little in each turn of the loop, so that
 * other streams send too, and requests that have come in meanwhile are read and answered in between.
 */
final class WatchCall extends StreamCall implements WatchSink, Runnable {
    private static final int MAX_WAITING_REPLIES = 16;
    private static final int MESSAGES_PER_TURN = 64;
    private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";
    private static final String EMPTY_RANGE = "mvcc: watcher range is empty";

    private final RpcContext context;
    private final WatchMessages messages;
    private final long progressMillis;
    private final WatchStream stream;
    private final WatchQueue queue = new WatchQueue();
    private final AtomicBoolean drainScheduled = new AtomicBoolean();
    /** Watches whose "created" has been sent and whose end has not. */
    private final Map<Long, Watch> watches = new HashMap<>();

    private boolean requestOwed;
    private @Nullable ScheduledFuture<?> progressTimer;

    WatchCall(
            ServerCall<Object, Outbound> call,
            EventExecutor loop,
            RpcContext context,
            WatchMessages messages,
            long progressMillis) {
        super(call, loop, context.streams());
        this.context = context;
        this.messages = messages;
        this.progressMillis = progressMillis;
        this.stream = context.parts().store().watchHub().open(this);
    }

    /** From the store's threads. */
    @Override
    public boolean offer(WatchBatch batch) {
        boolean taken = queue.offer(batch);
        // After a refusal too: the queue may have run empty between the two, and then nobody else would look.
        if (drainScheduled.compareAndSet(false, true)) {
            EventLoops.executeOn(loop(), this);
        }
        return taken;
    }

    @Override
    public void run() {
        drainScheduled.set(false);
        drain();
    }

    /** In a turn of its own: gRPC calls from inside its flush, which would not end as long as we fill what it empties. */
    @Override
    public void onReady() {
        goOnInNextTurn();
    }

    private void goOnInNextTurn() {
        if (drainScheduled.compareAndSet(false, true)) {
            EventLoops.executeInNextTurn(loop(), this);
        }
    }

    @Override
    protected void received(Object request) {
        var watchRequest = (io.etcetera.proto.etcdserverpb.WatchRequest) request;
        switch (watchRequest.getRequestUnionCase()) {
            case CREATE_REQUEST -> {
                admit(watchRequest.getCreateRequest());
                return;
            }
            case CANCEL_REQUEST -> cancel(watchRequest.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> progress(WatchMessages.NO_WATCH, stream.progressRevision());
            case REQUESTUNION_NOT_SET -> {}
        }
        goOn();
    }

    /** The request has been dealt with. */
    private void goOn() {
        requestOwed = true;
        drain();
    }

    /** The next request is not read before it is clear who has made this one. */
    private void admit(WatchCreateRequest request) {
        if (request.getStartRevision() < 0 || access().isOpen()) {
            create(request);
            goOn();
            return;
        }
        access().identify(Callbacks.of(
                caller -> EventLoops.runOn(loop(), () -> createFor(caller, request)),
                error -> EventLoops.runOn(loop(), () -> refuse(error))));
    }

    private void createFor(Caller caller, WatchCreateRequest request) {
        if (isEnded()) {
            return;
        }
        try {
            access().checkWatch(caller, WatchRequests.firstKey(request), request.getRangeEnd());
        } catch (EtcdException e) {
            refuse(e);
            return;
        }
        create(request);
        goOn();
    }

    /** The stream goes on. What a client is told is the text that Go makes of a status. */
    private void refuse(EtcdException error) {
        String reason = switch (error.error()) {
            case INVALID_AUTH_TOKEN ->
                "rpc error: code = Unauthenticated desc = " + error.error().text();
            case USER_EMPTY, AUTH_OLD_REVISION ->
                "rpc error: code = InvalidArgument desc = " + error.error().text();
            default -> "rpc error: code = PermissionDenied desc = " + EtcdError.PERMISSION_DENIED.text();
        };
        queue.add(new Entry.Refused(context.headers().liveRevision(), reason));
        goOn();
    }

    private void create(WatchCreateRequest request) {
        // Read before the watch begins: a client that lost the connection right after this reply goes on from here.
        long revision = context.headers().liveRevision();
        if (request.getStartRevision() < 0) {
            queue.add(new Entry.Refused(revision, EtcdError.COMPACTED.text()));
            return;
        }
        try {
            long id = stream.watch(WatchRequests.toStore(request));
            Watch watch = new Watch(id, request.getPrevKv(), request.getFragment(), request.getProgressNotify());
            queue.add(new Entry.Created(watch, revision));
            stream.start(id);
        } catch (WatchException e) {
            queue.add(new Entry.Refused(
                    revision,
                    switch (e.kind()) {
                        case DUPLICATE_ID -> DUPLICATE_ID;
                        case EMPTY_RANGE -> EMPTY_RANGE;
                    }));
        }
    }

    private void cancel(long watchId) {
        if (stream.cancel(watchId)) {
            queue.add(new Entry.Canceled(watchId, context.headers().liveRevision()));
        }
    }

    private void progress(long watchId, long revision) {
        if (revision != 0) {
            queue.add(new Entry.Progress(watchId, revision));
        }
    }

    /** Sends what waits while there is room, and then sees whom the room that came up serves. */
    private void drain() {
        try {
            sendSome();
            if (!isEnded() && queue.takeRoomAgain()) {
                stream.resume();
            }
            if (requestOwed && queue.replies() < MAX_WAITING_REPLIES) {
                requestOwed = false;
                requestNext();
            }
        } catch (RuntimeException e) {
            end(StatusTable.of(e, method()));
        }
    }

    private void sendSome() {
        for (int sent = 0; sent < MESSAGES_PER_TURN; sent++) {
            Entry entry = !isEnded() && isReady() ? queue.poll() : null;
            if (entry == null) {
                return;
            }
            write(entry);
        }
        goOnInNextTurn();
    }

    private void write(Entry entry) {
        if (entry instanceof Entry.Events events) {
            write(events.batch());
        } else if (entry instanceof Entry.Created created) {
            watches.put(created.watch().id, created.watch());
            send(messages.created(created.watch().id, created.revision()));
            if (created.watch().progressNotify) {
                startProgressTimer();
            }
        } else if (entry instanceof Entry.Refused refused) {
            send(messages.refused(refused.revision(), refused.reason()));
        } else if (entry instanceof Entry.Canceled canceled) {
            watches.remove(canceled.watchId());
            send(messages.canceled(canceled.watchId(), canceled.revision()));
        } else if (entry instanceof Entry.Progress progress) {
            send(messages.progress(progress.watchId(), progress.revision()));
        }
    }

    private void write(WatchBatch batch) {
        Watch watch = watches.get(batch.watchId());
        if (watch == null) {
            return;
        }
        if (batch.compactRevision() != 0) {
            watches.remove(batch.watchId());
            send(messages.compacted(batch.watchId(), batch.compactRevision()));
            return;
        }
        watch.busy = true;
        for (Outbound message :
                messages.events(watch.id, batch.revision(), batch.events(), watch.prevKv, watch.fragment)) {
            send(message);
        }
    }

    private void startProgressTimer() {
        if (progressTimer == null) {
            progressTimer = loop().scheduleWithFixedDelay(
                            this::notifyProgress, progressMillis, progressMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Tells watches that asked for it, and that were sent nothing since the last time, how far they are. */
    private void notifyProgress() {
        for (Watch watch : watches.values()) {
            if (watch.progressNotify && !watch.busy) {
                progress(watch.id, stream.progressRevision(watch.id));
            }
            watch.busy = false;
        }
        drain();
    }

    @Override
    protected void release() {
        if (progressTimer != null) {
            progressTimer.cancel(false);
        }
        stream.close();
    }
}
