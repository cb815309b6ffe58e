package io.etcetera.daemon.log;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Thins out floods: of records with the same level and message, the first hundred of each second pass, then every hundredth.
 * Messages share a counter when their hashes collide, which may thin a little more. Thread-safe, without locks.
 */
final class Sampler {
    private static final int COUNTERS = 4_096;
    private static final int FIRST = 100;
    private static final int THEREAFTER = 100;

    private final AtomicLongArray counts = new AtomicLongArray(COUNTERS);
    private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);

    /** Whether a record of this second, level and message is to be written. */
    boolean passes(long epochSecond, Levels level, String message) {
        long current = second.get();
        if (epochSecond > current && second.compareAndSet(current, epochSecond)) {
            for (int i = 0; i < COUNTERS; i++) {
                counts.set(i, 0);
            }
        }
        int slot = Math.floorMod(Objects.hash(level.text(), message), COUNTERS);
        long count = counts.incrementAndGet(slot);
        return count <= FIRST || (count - FIRST) % THEREAFTER == 0;
    }
}
