package io.etcetera.raft.jraft;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that this member, while it leads, is late with its heartbeats. The engine sends the next one an interval after the
 * answer to the last; when it takes twice as long, this member itself is held up, whatever is wrong with its peers. Thread-safe.
 */
final class HeartbeatPace {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatPace.class);

    private final long intervalMillis;
    private final LongSupplier nanoTime;
    private final Map<String, Answered> last = new ConcurrentHashMap<>();
    private final LongAdder late = new LongAdder();

    /** The last heartbeat that a peer has answered. */
    private record Answered(long term, long atNanos) {}

    HeartbeatPace(long intervalMillis, LongSupplier nanoTime) {
        this.intervalMillis = intervalMillis;
        this.nanoTime = nanoTime;
    }

    void sending(String peer, long term) {
        Answered previous = last.remove(peer);
        // One of an earlier term says nothing: this member has not led all the time.
        if (previous != null && previous.term == term) {
            check(peer, nanoTime.getAsLong() - previous.atNanos);
        }
    }

    private void check(String peer, long pauseNanos) {
        long exceeded = pauseNanos - TimeUnit.MILLISECONDS.toNanos(2 * intervalMillis);
        if (exceeded > 0) {
            late.increment();
            LOG.atWarn()
                    .addKeyValue("to", peer)
                    .addKeyValue("heartbeat-interval", intervalMillis + "ms")
                    .addKeyValue("expected-duration", 2 * intervalMillis + "ms")
                    .addKeyValue("exceeded-duration", TimeUnit.NANOSECONDS.toMillis(exceeded) + "ms")
                    .log("leader failed to send out heartbeat on time; took too long, leader is overloaded likely"
                            + " from slow disk");
        }
    }

    void answered(String peer, long term) {
        last.put(peer, new Answered(term, nanoTime.getAsLong()));
    }

    /** How many there were. */
    long late() {
        return late.sum();
    }
}
