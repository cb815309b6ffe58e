package io.etcetera.server.testing.history;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Whether watchers were given every change of their keys once, in order, as it was written; across connections. A change that no
 * answered write made must come from one without an answer, and then all watchers of the key must be given it.
 */
public final class WatchChecker {

    private static final int MOST_LINES = 10;

    private final UnansweredWrites unanswered;
    /** By revision; within one in the order of the transaction. */
    private final NavigableMap<Long, List<WatchEvent>> written = new TreeMap<>();

    /**
     * Takes the writes of a history for those that watchers should be given.
     *
     * @param history of all writes; those of transactions with several are to be added
     */
    public WatchChecker(History history) {
        this.unanswered = new UnansweredWrites(history);
        history.calls().stream().filter(Call::isApplied).forEach(call -> {
            long revision = call.response().orElseThrow().revision();
            add(new WatchEvent(call.key(), call.operation().written(), revision));
        });
    }

    /** Adds a change that is not in the history; those of one revision in the order of their transaction. */
    public void add(WatchEvent event) {
        written.computeIfAbsent(event.modRevision(), revision -> new ArrayList<>(1))
                .add(event);
    }

    /**
     * Checks all watchers together; to be called once.
     *
     * @param until revision up to which every watcher is known to have been given all; later events may be missing at the end
     */
    public Verdict check(List<WatchLog> logs, long until) {
        try {
            for (WatchLog log : logs) {
                checkOrder(log);
            }
            for (WatchLog log : logs) {
                explain(log);
            }
            for (WatchLog log : logs) {
                checkComplete(log, until);
            }
            return new Verdict.Correct();
        } catch (ViolationException e) {
            return new Verdict.Violated(String.valueOf(e.getMessage()));
        }
    }

    /** No revision returns to one that is over: not within a connection, nor from one to the next, nor after progress. */
    private void checkOrder(WatchLog log) throws ViolationException {
        long lowest = log.firstRevision();
        List<WatchEvent> before = new ArrayList<>();
        for (WatchLog.Entry entry : log.entries()) {
            if (entry instanceof WatchLog.Received received) {
                WatchEvent event = received.event();
                if (before.contains(event)) {
                    throw violation(log, "a duplicate", event, before);
                }
                if (event.modRevision() < lowest) {
                    throw violation(log, "an event out of order, or twice", event, before);
                }
                if (!log.watches(event.key())) {
                    throw violation(log, "an event of a key that is not watched", event, before);
                }
                lowest = event.modRevision();
                remember(before, event);
            } else if (entry instanceof WatchLog.Connected connected) {
                lowest = Math.max(lowest, connected.revision());
            } else if (entry instanceof WatchLog.Progressed progressed) {
                lowest = Math.max(lowest, progressed.revision() + 1);
            }
        }
    }

    private static void remember(List<WatchEvent> before, WatchEvent event) {
        before.removeIf(other -> other.modRevision() < event.modRevision() && before.size() >= MOST_LINES);
        before.add(event);
    }

    /** Adds what only watchers know to the changes, if a write without an answer can have made it. */
    private void explain(WatchLog log) throws ViolationException {
        for (WatchEvent event : events(log)) {
            List<WatchEvent> known = written.getOrDefault(event.modRevision(), List.of());
            if (known.contains(event)) {
                continue;
            }
            if (!known.isEmpty()) {
                throw violation(log, "another change than was made at its revision", event, known);
            }
            if (!unanswered.use(event.key(), event.value(), Long.MAX_VALUE)) {
                throw violation(log, "a change that nobody made", event, List.of());
            }
            add(event);
        }
    }

    private void checkComplete(WatchLog log, long until) throws ViolationException {
        List<WatchEvent> events = events(log);
        long end = Math.max(until, log.nextRevision() - 1);
        int next = 0;
        for (List<WatchEvent> changes :
                written.subMap(log.firstRevision(), true, end, true).values()) {
            for (WatchEvent change : changes) {
                if (!log.watches(change.key())) {
                    continue;
                }
                if (next == events.size() || !events.get(next).equals(change)) {
                    throw violation(log, "a gap, or events of one revision out of order", change, around(events, next));
                }
                next++;
            }
        }
    }

    private static List<WatchEvent> events(WatchLog log) {
        return log.entries().stream()
                .filter(WatchLog.Received.class::isInstance)
                .map(entry -> ((WatchLog.Received) entry).event())
                .toList();
    }

    private static List<WatchEvent> around(List<WatchEvent> events, int at) {
        return events.subList(Math.max(0, at - MOST_LINES / 2), Math.min(events.size(), at + MOST_LINES / 2));
    }

    private static ViolationException violation(WatchLog log, String what, WatchEvent event, List<WatchEvent> around) {
        StringBuilder report = new StringBuilder(
                "watcher " + log.name() + ": " + what + "\n    " + event.describe() + "\nnear to it:\n");
        around.forEach(other -> report.append("    ").append(other.describe()).append('\n'));
        return new ViolationException(report.toString());
    }
}
