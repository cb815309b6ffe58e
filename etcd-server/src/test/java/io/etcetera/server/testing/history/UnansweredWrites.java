package io.etcetera.server.testing.history;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** Writes that nobody knows the outcome of. Each can explain one change of the store that nobody else made. */
final class UnansweredWrites {

    private record Effect(String key, Optional<String> written) {}

    /** First invoked, first used: it is the one that fits whatever the others fit. */
    private final Map<Effect, Queue<Call>> unused = new HashMap<>();

    private final Map<Effect, Call> first = new HashMap<>();
    private final Map<String, Call> firstPut = new HashMap<>();

    UnansweredWrites(History history) {
        for (Call call : history.calls()) {
            if (call.isUnknown() && !call.isRead()) {
                Effect effect = new Effect(call.key(), call.operation().written());
                unused.computeIfAbsent(effect, none -> new ArrayDeque<>()).add(call);
                first.putIfAbsent(effect, call);
                if (effect.written().isPresent()) {
                    firstPut.putIfAbsent(call.key(), call);
                }
            }
        }
    }

    /** Uses up a write of this value, or a deletion, that was invoked by a time; false if there is none. */
    boolean use(String key, Optional<String> written, long by) {
        Queue<Call> calls = unused.getOrDefault(new Effect(key, written), new ArrayDeque<>());
        boolean usable = !calls.isEmpty() && calls.element().invoked() <= by;
        if (usable) {
            calls.remove();
        }
        return usable;
    }

    /** Whether such a write, used up or not, was invoked by a time. */
    boolean mayHaveWritten(String key, Optional<String> written, long by) {
        return wasInvoked(Optional.ofNullable(first.get(new Effect(key, written))), by);
    }

    boolean mayHavePut(String key, long by) {
        return wasInvoked(Optional.ofNullable(firstPut.get(key)), by);
    }

    private static boolean wasInvoked(Optional<Call> call, long by) {
        return call.map(found -> found.invoked() <= by).orElse(false);
    }
}
