package io.etcetera.server.transport.peer;

/** How long to wait before the next attempt: twice as long each time, within bounds. One thread. */
final class Backoff {
    private static final long FIRST_MILLIS = 20;

    private final long maxMillis;
    private long nextMillis = FIRST_MILLIS;

    Backoff(long maxMillis) {
        this.maxMillis = maxMillis;
    }

    long nextMillis() {
        long current = Math.min(nextMillis, maxMillis);
        nextMillis = 2 * current;
        return current;
    }

    /** It went well: begin anew. */
    void reset() {
        nextMillis = FIRST_MILLIS;
    }

    /** It will not go well soon: wait as long as there is. */
    void exhaust() {
        nextMillis = maxMillis;
    }
}
