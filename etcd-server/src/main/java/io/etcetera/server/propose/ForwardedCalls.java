package io.etcetera.server.propose;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls that were sent to the leader and may come back, bounded in number and bytes. Whoever takes a call out decides
 * what becomes of it, so none is sent twice. Thread-safe; the bounds may be passed by what several threads add at once.
 */
final class ForwardedCalls {
    static final int MAX_CALLS = 16_384;
    static final long MAX_BYTES = 128L << 20;

    private final ConcurrentMap<Long, LogProposer.WaitingCall> calls = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /** False if there is no room. */
    boolean add(LogProposer.WaitingCall call) {
        if (count.get() >= MAX_CALLS || bytes.get() + call.data().length > MAX_BYTES) {
            return false;
        }
        count.incrementAndGet();
        bytes.addAndGet(call.data().length);
        calls.put(call.id(), call);
        return true;
    }

    /** The call of this ID, which is nowhere now; null if it is not here. */
    LogProposer.@Nullable WaitingCall take(long requestId) {
        // On a leader nothing is ever here, and this is asked of every request.
        if (count.get() == 0) {
            return null;
        }
        LogProposer.WaitingCall call = calls.remove(requestId);
        if (call != null) {
            count.decrementAndGet();
            bytes.addAndGet(-call.data().length);
        }
        return call;
    }

    void removeIf(Predicate<LogProposer.WaitingCall> gone) {
        for (LogProposer.WaitingCall call : calls.values()) {
            if (gone.test(call)) {
                take(call.id());
            }
        }
    }
}
