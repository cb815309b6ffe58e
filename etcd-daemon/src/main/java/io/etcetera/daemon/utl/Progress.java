package io.etcetera.daemon.utl;

import io.etcetera.mvcc.ByteSize;
import io.etcetera.server.text.GoDuration;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Shows how far long work is: bytes, rate, time left. On a terminal in one line that changes, elsewhere in a line now and
 * then. Short work shows nothing. One thread.
 */
public final class Progress implements LongConsumer, AutoCloseable {
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Console console;
    private final String what;
    private final long expectedBytes;
    private final long begin;
    private long due;
    private int width;

    /** @param expectedBytes what there is to be done, for who does not say so on the way */
    Progress(Console console, String what, long expectedBytes) {
        this.console = console;
        this.what = what;
        this.expectedBytes = expectedBytes;
        this.begin = console.nanoClock().getAsLong();
        this.due = begin + (console.terminal() ? FIRST_NANOS : LINE_NANOS);
    }

    @Override
    public void accept(long doneBytes) {
        at(doneBytes, expectedBytes);
    }

    /** Shows so much of so much, if it is time to. */
    void at(long doneBytes, long totalBytes) {
        long now = console.nanoClock().getAsLong();
        if (now - due < 0) {
            return;
        }
        due = now + (console.terminal() ? TERMINAL_NANOS : LINE_NANOS);
        String line = line(doneBytes, totalBytes, now - begin);
        if (console.terminal()) {
            console.err().print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            console.err().flush();
            width = line.length();
        } else {
            console.err().println(line);
        }
    }

    private String line(long doneBytes, long totalBytes, long nanos) {
        double seconds = nanos / 1e9;
        long rate = (long) (doneBytes / Math.max(seconds, 1e-3));
        long left = rate == 0 ? 0 : Math.max(0, totalBytes - doneBytes) / rate;
        return what + ": " + ByteSize.format(doneBytes) + " of " + ByteSize.format(totalBytes) + ", "
                + ByteSize.format(rate) + "/s, " + GoDuration.format(Duration.ofSeconds(left)) + " left";
    }

    /** Ends the line that changes. */
    @Override
    public void close() {
        if (width > 0) {
            console.err().print("\r" + " ".repeat(width) + "\r");
            console.err().flush();
        }
    }
}
