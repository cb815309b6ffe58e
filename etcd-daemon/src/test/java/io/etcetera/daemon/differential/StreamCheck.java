package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.WatchCancelRequest;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchProgressRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One watch stream on one server: sends requests, and checks all that comes. Used by one thread. */
final class StreamCheck {
    private static final long ALL_WATCHES = -1;
    /** Is always refused, and so shows that all requests before it have been seen. */
    private static final WatchCreateRequest FENCE =
            WatchCreateRequest.newBuilder().setStartRevision(-1).build();

    private final Server server;
    private final StoreState store;
    private final Coverage coverage;
    private final RawStream stream;
    private final Deque<Create> unanswered = new ArrayDeque<>();
    private final Map<Long, WatchCheck> watches = new TreeMap<>();
    private final List<WatchResponse> replies = new ArrayList<>();
    private long allowedProgress;
    private long progressRevision;
    private boolean requestsEnded;

    /** A request under way. A reply to one that is not awaited has one of several header revisions. */
    private record Create(WatchCreateRequest request, boolean awaited, long revision, long compactRevision) {}

    StreamCheck(Server server, StoreState store, Coverage coverage, RawStream stream) {
        this.server = server;
        this.store = store;
        this.coverage = coverage;
        this.stream = stream;
    }

    /** @param awaited whether nothing else happens before the reply */
    void create(WatchCreateRequest request, boolean awaited) {
        unanswered.add(new Create(request, awaited, store.currentRevision(), store.compactRevision()));
        send(WatchRequest.newBuilder().setCreateRequest(request).build());
    }

    void cancel(long watchId) {
        send(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
                .build());
    }

    /** @param mayAnswer whether the server may have something to answer */
    void requestProgress(boolean mayAnswer) {
        if (mayAnswer) {
            allowedProgress++;
        }
        send(WatchRequest.newBuilder()
                .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                .build());
    }

    /** Makes sure, with {@link #isAnswered}, that all requests so far are answered. */
    void fence() {
        if (!requestsEnded) {
            create(FENCE, true);
        }
    }

    void sendRaw(ByteString bytes) {
        stream.send(bytes);
    }

    private void send(WatchRequest request) {
        stream.send(request.toByteString());
    }

    void halfClose() {
        requestsEnded = true;
        stream.halfClose();
    }

    void close() {
        stream.cancel();
    }

    boolean acceptsRequests() {
        return !requestsEnded;
    }

    Optional<Status> end() {
        return stream.end();
    }

    /** Checks what has come. The history has to be complete. */
    void process() {
        for (WatchResponse message : stream.takeReceived()) {
            take((WatchResponse)
                    KnownDifferences.withoutIdentity(store.symbols().unresolve(message, server)));
        }
    }

    boolean isAnswered() {
        return unanswered.isEmpty();
    }

    boolean isSettled() {
        return isAnswered() && watches.values().stream().allMatch(WatchCheck::isComplete);
    }

    String missing() {
        StringBuilder text = new StringBuilder(server + " owes " + unanswered.size() + " replies");
        for (WatchCheck watch : watches.values()) {
            if (!watch.isComplete()) {
                text.append("\nwatch { ")
                        .append(Texts.of(watch.request()))
                        .append(" } ")
                        .append(watch.missing());
            }
        }
        return text.toString();
    }

    /** Watches by ID, those that compaction has ended among them. */
    Map<Long, WatchCheck> watches() {
        return watches;
    }

    /** Replies to requests, oldest first, with what may differ taken out. */
    List<WatchResponse> takeReplies() {
        List<WatchResponse> taken = List.copyOf(replies);
        replies.clear();
        return taken;
    }

    /** What the last answer to a request for progress said. */
    long progressRevision() {
        return progressRevision;
    }

    /** Whether etcd answers a request for progress when everything has been delivered. */
    boolean answersProgress() {
        return !watches.isEmpty()
                && watches.values().stream().noneMatch(watch -> watch.isEnded() || watch.startsInFuture());
    }

    private void take(WatchResponse message) {
        ResponseHeader header = message.getHeader();
        if (header.getClusterId() == 0 || header.getMemberId() == 0 || header.getRaftTerm() == 0) {
            throw mismatch("has an incomplete header", message);
        }
        if (message.getCreated()) {
            takeCreated(message);
        } else if (message.getCompactRevision() != 0) {
            takeCompacted(message);
        } else if (message.getCanceled()) {
            takeCanceled(message);
        } else if (message.getEventsCount() != 0) {
            watch(message).take(message);
            count("events", message.getEventsCount());
            count(
                    "events with a previous value",
                    message.getEventsList().stream().filter(Event::hasPrevKv).count());
        } else {
            takeProgress(message);
        }
    }

    private void takeCreated(WatchResponse message) {
        Create create = unanswered.poll();
        if (create == null) {
            throw mismatch("answers what nobody asked", message);
        }
        long revision = message.getHeader().getRevision();
        checkBetween(create.revision(), revision, message);
        replies.add(create.awaited() ? message : withoutRevision(message));
        if (message.getCanceled()) {
            count("watches refused", create.request().equals(FENCE) ? 0 : 1);
            return;
        }
        WatchCreateRequest request = create.request();
        long start = request.getStartRevision() == 0 ? revision + 1 : request.getStartRevision();
        WatchCheck watch = new WatchCheck(server, store, request, start, create.compactRevision());
        if (watches.put(message.getWatchId(), watch) != null) {
            throw mismatch("gives an ID that is taken", message);
        }
    }

    private void takeCanceled(WatchResponse message) {
        checkBetween(1, message.getHeader().getRevision(), message);
        if (watches.remove(message.getWatchId()) == null) {
            throw mismatch("cancels what does not exist", message);
        }
        replies.add(withoutRevision(message));
        count("watches cancelled", 1);
    }

    private void takeCompacted(WatchResponse message) {
        watch(message).end(message);
        count("watches ended by compaction", 1);
        WatchResponse expected = WatchResponse.newBuilder()
                .setHeader(message.getHeader().toBuilder().setRevision(0))
                .setWatchId(message.getWatchId())
                .setCanceled(true)
                .setCompactRevision(message.getCompactRevision())
                .build();
        if (!message.equals(expected)) {
            throw mismatch("says too much or too little about a compaction", message);
        }
    }

    private void takeProgress(WatchResponse message) {
        long revision = message.getHeader().getRevision();
        checkBetween(progressRevision == 0 ? 1 : progressRevision, revision, message);
        WatchResponse expected = WatchResponse.newBuilder()
                .setHeader(message.getHeader())
                .setWatchId(message.getWatchId())
                .build();
        if (!message.equals(expected)) {
            throw mismatch("says more than how far it is", message);
        }
        if (message.getWatchId() != ALL_WATCHES) {
            WatchCheck watch = watch(message);
            if (!watch.request().getProgressNotify() || watch.isEnded() || watch.startsInFuture()) {
                throw mismatch(
                        "tells progress of a watch that has none, or did not ask, { " + Texts.of(watch.request())
                                + " }",
                        message);
            }
            watch.idleAt(revision);
            count("progress of watches", 1);
            return;
        }
        if (--allowedProgress < 0) {
            throw mismatch("tells progress that it should not", message);
        }
        progressRevision = revision;
        count("progress of streams", 1);
        watches.values().forEach(watch -> watch.progressTo(revision));
    }

    private WatchCheck watch(WatchResponse message) {
        WatchCheck watch = watches.get(message.getWatchId());
        if (watch == null) {
            throw mismatch("speaks of a watch before it is created or after it is cancelled", message);
        }
        return watch;
    }

    private void checkBetween(long low, long revision, WatchResponse message) {
        if (revision < low || revision > store.currentRevision()) {
            throw mismatch(
                    "has a header revision that is not between " + low + " and " + store.currentRevision(), message);
        }
    }

    private static WatchResponse withoutRevision(WatchResponse message) {
        return message.toBuilder()
                .setHeader(message.getHeader().toBuilder().clearRevision())
                .build();
    }

    /** What both have is counted once. */
    private void count(String name, long number) {
        if (server == Server.OURS && number > 0) {
            coverage.add(name, number);
        }
    }

    private Mismatch mismatch(String what, WatchResponse message) {
        return new Mismatch(server + ": stream " + what + ": " + Texts.of(message));
    }
}
