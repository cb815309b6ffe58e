package io.etcetera.server.propose;

import io.etcetera.server.TimeSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Request IDs, unique in the cluster, also across restarts: 16 bits of the member ID, then 40 bits of the Unix time in
 * milliseconds at which this generator was made, then a counter of 8 bits that carries into the time. A restart within
 * the same cycle of 2^40 ms (35 years) cannot repeat an ID unless more than 256 were used per millisecond before it.
 */
final class RequestIds {
    private static final int MEMBER_SHIFT = 48;
    private static final int COUNTER_BITS = 8;
    private static final long TIME_MASK = (1L << 40) - 1;
    private static final long SUFFIX_MASK = (1L << MEMBER_SHIFT) - 1;

    private final long prefix;
    private final AtomicLong suffix;

    RequestIds(long memberId, TimeSource time) {
        this.prefix = memberId << MEMBER_SHIFT;
        this.suffix = new AtomicLong((time.currentTimeMillis() & TIME_MASK) << COUNTER_BITS);
    }

    long next() {
        return prefix | (suffix.incrementAndGet() & SUFFIX_MASK);
    }

    /** An ID for a lease: positive. */
    long nextLeaseId() {
        long id;
        do {
            id = next() & Long.MAX_VALUE;
        } while (id == 0);
        return id;
    }
}
