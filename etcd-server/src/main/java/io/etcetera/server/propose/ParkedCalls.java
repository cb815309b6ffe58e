package io.etcetera.server.propose;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Calls that wait for a leader, in order, bounded in number and bytes. Thread-safe. */
final class ParkedCalls {
    static final int MAX_CALLS = 5_000;
    static final long MAX_BYTES = 64L << 20;

    private final Object lock = new Object();
    private List<LogProposer.WaitingCall> calls = new ArrayList<>();
    private long bytes;

    /** False if there is no room. */
    boolean add(LogProposer.WaitingCall call) {
        synchronized (lock) {
            if (calls.size() >= MAX_CALLS || bytes + call.data().length > MAX_BYTES) {
                return false;
            }
            call.parked = true;
            calls.add(call);
            bytes += call.data().length;
            return true;
        }
    }

    /** Takes out everything; what is parked again meanwhile stays for the next time. */
    List<LogProposer.WaitingCall> takeAll() {
        synchronized (lock) {
            if (calls.isEmpty()) {
                return List.of();
            }
            List<LogProposer.WaitingCall> taken = calls;
            taken.forEach(call -> call.parked = false);
            calls = new ArrayList<>();
            bytes = 0;
            return taken;
        }
    }

    void removeIf(Predicate<LogProposer.WaitingCall> gone) {
        synchronized (lock) {
            calls.removeIf(call -> {
                boolean remove = gone.test(call);
                if (remove) {
                    bytes -= call.data().length;
                }
                return remove;
            });
        }
    }
}
