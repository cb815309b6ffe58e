package io.etcetera.daemon.differential;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.WatchCreateRequest;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.mvccpb.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Gives one pair of servers the same operations, those on watch streams among them, and checks every stream of each
 * against the history of the store. Used by one thread.
 *
 * <p>The history comes from a stream of its own to stock, which watches all keys. All else is checked at a settling: when
 * every request is answered and every watch has been delivered what the history has for it.
 */
final class WatchRunner implements Workload.Runner {
    private static final long SETTLE_SECONDS = 120;
    private static final long ASK_AGAIN_MILLIS = 30;
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final TwoServers servers;
    private final Coverage coverage;
    private final PairRunner writes;
    private final StoreState store;
    private final Arrivals arrivals = new Arrivals();
    private final Map<Integer, StreamPair> slots = new TreeMap<>();
    private RawCaller stock;
    private RawCaller ours;
    private RawStream recorder;

    WatchRunner(TwoServers servers, Coverage coverage) {
        this.servers = servers;
        this.coverage = coverage;
        this.writes = new PairRunner(servers, coverage);
        this.store = new StoreState(writes.symbols());
        this.stock = new RawCaller(servers.stock().channel());
        this.ours = new RawCaller(servers.ours().channel());
        this.recorder = record();
    }

    @Override
    public Optional<String> run(Operation operation) throws IOException, InterruptedException {
        try {
            if (operation instanceof WatchOperation watch) {
                watch(watch);
                return Optional.empty();
            }
            return operation instanceof Operation.Restart ? restart(operation) : write(operation);
        } catch (Mismatch e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Optional<String> finish() throws IOException, InterruptedException {
        return run(new WatchOperation.Settle(false));
    }

    private RawStream record() {
        RawStream stream = RawStream.open(stock, arrivals);
        stream.send(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ZERO)
                        .setRangeEnd(ZERO)
                        .setStartRevision(store.history().revision() + 1))
                .build()
                .toByteString());
        return stream;
    }

    private Optional<String> write(Operation operation) throws IOException, InterruptedException {
        Optional<String> difference = writes.run(operation).or(writes::finish);
        store.compacted(writes.compactRevision());
        return difference;
    }

    private void watch(WatchOperation operation) throws InterruptedException {
        if (operation instanceof WatchOperation.Settle settle) {
            settle();
            if (settle.periodic()) {
                awaitPeriodicProgress();
            }
            return;
        }
        StreamPair pair = slots.computeIfAbsent(operation.slot(), slot -> open());
        if (operation instanceof WatchOperation.Close) {
            pair.both(StreamCheck::close);
            slots.remove(operation.slot());
        } else if (!pair.acceptsRequests()) {
            // Half closed: only what comes from the store is left to see.
            return;
        } else if (operation instanceof WatchOperation.Create create) {
            create(pair, create);
        } else if (operation instanceof WatchOperation.Cancel cancel) {
            cancel(pair, cancel);
        } else if (operation instanceof WatchOperation.Progress progress) {
            progress(pair, progress);
        } else if (operation instanceof WatchOperation.Raw raw) {
            raw(pair, raw);
        } else if (operation instanceof WatchOperation.HalfClose) {
            answered(pair);
            pair.both(StreamCheck::halfClose);
        }
    }

    private StreamPair open() {
        return new StreamPair(
                new StreamCheck(Server.STOCK, store, coverage, RawStream.open(stock, arrivals)),
                new StreamCheck(Server.OURS, store, coverage, RawStream.open(ours, arrivals)));
    }

    private void create(StreamPair pair, WatchOperation.Create operation) throws InterruptedException {
        WatchCreateRequest request = WatchSymbols.resolve(operation.request(), store);
        // Without a start revision it is the reply that says where the watch begins.
        boolean awaited = operation.awaited() || request.getStartRevision() == 0;
        if (awaited) {
            answered(pair);
        }
        pair.both(stream -> stream.create(request, awaited));
        if (awaited) {
            answered(pair);
        }
    }

    private void cancel(StreamPair pair, WatchOperation.Cancel cancel) throws InterruptedException {
        // What stock still sends after the reply, it would send to the next watch of the same ID.
        if (cancel.settled() || cancel.watchId() < WatchOperation.FIRST_UNIQUE_ID) {
            settle();
        }
        pair.both(stream -> stream.cancel(cancel.watchId()));
        answered(pair);
    }

    private void progress(StreamPair pair, WatchOperation.Progress progress) throws InterruptedException {
        if (!progress.settled()) {
            pair.both(stream -> stream.requestProgress(true));
            return;
        }
        settle();
        progress(pair.stock());
        progress(pair.ours());
        answered(pair);
    }

    /**
     * Stock finds out only by and by that a watch with nothing to deliver is not behind: until then it says nothing. Nor does a
     * server say anything more once a compaction has ended a watch, of which it may tell only now.
     */
    private void progress(StreamCheck stream) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        boolean answers = stream.answersProgress();
        do {
            if (System.nanoTime() - deadline > 0) {
                throw vain("progress");
            }
            stream.requestProgress(answers);
        } while (answers
                && !await(
                        () -> stream.progressRevision() == store.currentRevision() || !stream.answersProgress(),
                        TimeUnit.MILLISECONDS.toNanos(ASK_AGAIN_MILLIS)));
    }

    private void raw(StreamPair pair, WatchOperation.Raw raw) throws InterruptedException {
        if (raw.ends()) {
            settle();
        }
        pair.both(stream -> stream.sendRaw(raw.bytes()));
        if (raw.ends()) {
            demand(() -> pair.stock().end().isPresent() && pair.ours().end().isPresent(), "the end of a stream");
            pair.compareEnds();
            coverage.add("streams ended by what is no message", 1);
            slots.values().remove(pair);
        }
    }

    /** Waits until all requests of a stream are answered. */
    private void answered(StreamPair pair) throws InterruptedException {
        pair.both(StreamCheck::fence);
        demand(pair::isAnswered, "replies");
    }

    private void settle() throws InterruptedException {
        for (StreamPair pair : slots.values()) {
            pair.both(StreamCheck::fence);
        }
        demand(() -> slots.values().stream().allMatch(StreamPair::isSettled), "events");
        slots.values().forEach(StreamPair::compare);
        store.settled();
        if (endUneven()) {
            settle();
        }
    }

    /** Ends watches that a compaction has ended on one server alone; true if answers are to be awaited. */
    private boolean endUneven() {
        boolean asked = false;
        for (StreamPair pair : List.copyOf(slots.values())) {
            List<Long> uneven = List.copyOf(pair.endedOnOne());
            if (!uneven.isEmpty() && !pair.acceptsRequests()) {
                // Half closed: all that can be done is to end it.
                pair.both(StreamCheck::close);
                slots.values().remove(pair);
                continue;
            }
            for (long id : uneven) {
                asked = true;
                pair.both(stream -> stream.cancel(id));
            }
        }
        return asked;
    }

    private void awaitPeriodicProgress() throws InterruptedException {
        demand(
                () -> slots.values().stream()
                        .flatMap(pair -> List.of(pair.stock(), pair.ours()).stream())
                        .flatMap(stream -> stream.watches().values().stream())
                        .filter(watch -> watch.request().getProgressNotify())
                        .allMatch(watch -> watch.isEnded()
                                || watch.startsInFuture()
                                || watch.idleRevision() == store.currentRevision()),
                "periodic progress");
    }

    /** Clients lose their connections with whatever was under way, and go on behind the last event that they saw. */
    private Optional<String> restart(Operation operation) throws IOException, InterruptedException {
        for (StreamPair pair : slots.values()) {
            answered(pair);
        }
        demand(() -> true, "history");
        Optional<String> difference = writes.run(operation);
        stock = new RawCaller(servers.stock().channel());
        ours = new RawCaller(servers.ours().channel());
        recorder = record();
        for (Map.Entry<Integer, StreamPair> slot : new ArrayList<>(slots.entrySet())) {
            slot.getValue().both(StreamCheck::process);
            slot.getValue().compare();
            StreamPair fresh = open();
            again(slot.getValue().stock(), fresh.stock());
            again(slot.getValue().ours(), fresh.ours());
            slots.put(slot.getKey(), fresh);
        }
        return difference;
    }

    private static void again(StreamCheck lost, StreamCheck fresh) {
        lost.watches().forEach((id, watch) -> {
            WatchCreateRequest request = watch.request().toBuilder()
                    .setWatchId(id)
                    .setStartRevision(watch.resumeRevision())
                    .build();
            fresh.create(request, false);
        });
    }

    /** Waits for something that has to come. */
    private void demand(BooleanSupplier condition, String what) throws InterruptedException {
        if (!await(condition, TimeUnit.SECONDS.toNanos(SETTLE_SECONDS))) {
            throw vain(what);
        }
    }

    private Mismatch vain(String what) {
        StringBuilder text = new StringBuilder("waited in vain for " + what + " at revision " + store.currentRevision()
                + ", history " + store.history().revision());
        for (StreamPair pair : slots.values()) {
            text.append('\n').append(pair.missing());
        }
        return new Mismatch(text.toString());
    }

    /** Checks all that comes until a condition holds; false if it does not in time. */
    private boolean await(BooleanSupplier condition, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (true) {
            long seen = arrivals.count();
            if (process() && condition.getAsBoolean()) {
                return true;
            }
            if (!arrivals.awaitMoreThan(seen, deadline)) {
                return false;
            }
        }
    }

    /** Checks what has come on all streams, or does nothing and returns false if the history does not reach so far. */
    private boolean process() {
        for (WatchResponse message : recorder.takeReceived()) {
            for (Event event : store.symbols().unresolve(message, Server.STOCK).getEventsList()) {
                store.history().add(event.toBuilder().clearPrevKv().build());
            }
        }
        if (!store.isHistoryComplete()) {
            return false;
        }
        for (StreamPair pair : slots.values()) {
            pair.both(StreamCheck::process);
        }
        return true;
    }
}
