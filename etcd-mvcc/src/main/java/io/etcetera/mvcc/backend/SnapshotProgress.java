package io.etcetera.mvcc.backend;

import io.etcetera.mvcc.ByteSize;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs now and then how far a snapshot is that takes long. One thread. */
final class SnapshotProgress {
    private static final Logger log = LoggerFactory.getLogger(SnapshotProgress.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final long begin;
    private final long expectedBytes;
    private long reported;

    SnapshotProgress(long beginNanos, long expectedBytes) {
        this.begin = beginNanos;
        this.reported = beginNanos;
        this.expectedBytes = expectedBytes;
    }

    void at(long writtenBytes, long nowNanos) {
        if (nowNanos - reported < INTERVAL_NANOS) {
            return;
        }
        reported = nowNanos;
        long perSecond = (long) (writtenBytes / ((nowNanos - begin) / 1e9));
        log.atInfo()
                .addKeyValue("written", ByteSize.format(writtenBytes))
                .addKeyValue("expected", ByteSize.format(expectedBytes))
                .addKeyValue("per-second", ByteSize.format(perSecond))
                .log("writing a database snapshot");
    }
}
