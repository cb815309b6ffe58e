package io.etcetera.server.transport.peer;

import java.util.OptionalLong;

/**
 * Times the pings of one stream, on which answers come in the order of what was asked. A ping that is sent while others wait
 * is not timed, nor is the first one, which waits for the connection. One thread.
 */
final class PingTimer {
    private boolean begun;
    private boolean timing;
    private int unanswered;
    private long sentAtNanos;

    void sent(long nowNanos) {
        if (begun && unanswered == 0) {
            timing = true;
            sentAtNanos = nowNanos;
        }
        begun = true;
        unanswered++;
    }

    /** How long the answer took that has just come, if it was timed. */
    OptionalLong answered(long nowNanos) {
        boolean timed = timing;
        timing = false;
        unanswered = Math.max(0, unanswered - 1);
        return timed ? OptionalLong.of(nowNanos - sentAtNanos) : OptionalLong.empty();
    }
}
