package io.etcetera.daemon.differential;

import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The same watch stream on both servers. Used by one thread. */
record StreamPair(StreamCheck stock, StreamCheck ours) {

    void both(Consumer<StreamCheck> action) {
        action.accept(stock);
        action.accept(ours);
    }

    boolean isAnswered() {
        return stock.isAnswered() && ours.isAnswered();
    }

    boolean isSettled() {
        return stock.isSettled() && ours.isSettled();
    }

    boolean acceptsRequests() {
        return ours.acceptsRequests();
    }

    String missing() {
        return stock.missing() + "\n" + ours.missing();
    }

    /** To be called when both are settled: the replies have to be the same, and the watches that are left. */
    void compare() {
        List<WatchResponse> fromStock = stock.takeReplies();
        List<WatchResponse> fromOurs = ours.takeReplies();
        if (!fromStock.equals(fromOurs)) {
            throw new Mismatch("replies\nstock: " + Texts.of(List.copyOf(fromStock)) + "\nours:  "
                    + Texts.of(List.copyOf(fromOurs)));
        }
        if (!stock.watches().keySet().equals(ours.watches().keySet())) {
            throw new Mismatch("watches\nstock: " + stock.watches().keySet() + "\nours:  "
                    + ours.watches().keySet());
        }
    }

    /** Watches that raced with a compaction, and were ended by it on one server alone. */
    Set<Long> endedOnOne() {
        Set<Long> ids = new TreeSet<>();
        for (Map.Entry<Long, WatchCheck> watch : stock.watches().entrySet()) {
            WatchCheck other = ours.watches().get(watch.getKey());
            if (other != null && other.isEnded() != watch.getValue().isEnded()) {
                ids.add(watch.getKey());
            }
        }
        return ids;
    }

    /** Both servers have ended the stream: in the same way? */
    void compareEnds() {
        String fromStock = status(stock.end());
        String fromOurs = status(ours.end());
        if (!fromStock.equals(fromOurs)) {
            throw new Mismatch("ends of a stream\nstock: " + fromStock + "\nours:  " + fromOurs);
        }
    }

    private static String status(Optional<Status> end) {
        return end.map(status -> {
                    String text = status.getDescription();
                    return new Answer(List.of(), status.getCode(), text == null ? "" : text);
                })
                .map(KnownDifferences::status)
                .orElse("none");
    }
}
