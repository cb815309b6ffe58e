package io.etcetera.mvcc.backend.copy;

import io.etcetera.mvcc.ByteSize;
import io.etcetera.mvcc.backend.CopyProgress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows how far the copy is that is being made, and logs it now and then if that takes long. Told by one thread, asked by any. */
public final class CopyWatch {
    private static final Logger log = LoggerFactory.getLogger(CopyWatch.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String message;
    private final LongSupplier nanoClock;
    private volatile CopyProgress progress = CopyProgress.NONE;
    private long begin;
    private long due;

    /**
     * Watches copies of one kind.
     *
     * @param message what is logged, as "defragmenting"
     */
    public CopyWatch(String message, LongSupplier nanoClock) {
        this.message = message;
        this.nanoClock = nanoClock;
    }

    public void begin(long expectedBytes) {
        begin = nanoClock.getAsLong();
        due = begin + INTERVAL_NANOS;
        progress = new CopyProgress(0, expectedBytes);
    }

    public void at(long doneBytes) {
        CopyProgress now = new CopyProgress(doneBytes, progress.expectedBytes());
        progress = now;
        long nanos = nanoClock.getAsLong();
        if (nanos - due < 0) {
            return;
        }
        due = nanos + INTERVAL_NANOS;
        double perSecond = Math.max(1, doneBytes / ((nanos - begin) / 1e9));
        long restBytes = Math.max(0, now.expectedBytes() - doneBytes);
        log.atInfo()
                .addKeyValue("done", ByteSize.format(doneBytes))
                .addKeyValue("expected", ByteSize.format(now.expectedBytes()))
                .addKeyValue("per-second", ByteSize.format((long) perSecond))
                .addKeyValue("left", Duration.ofSeconds((long) (restBytes / perSecond)))
                .log(message);
    }

    public void end() {
        progress = CopyProgress.NONE;
    }

    public CopyProgress progress() {
        return progress;
    }
}
