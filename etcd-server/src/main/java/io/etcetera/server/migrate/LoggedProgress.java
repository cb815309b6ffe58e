package io.etcetera.server.migrate;

import io.etcetera.server.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log of a member that starts how far it is. */
final class LoggedProgress implements MigrationProgress {
    private static final Logger log = LoggerFactory.getLogger(LoggedProgress.class);
    private static final long INTERVAL_MILLIS = 5_000;

    private final TimeSource time;
    private long reportedMillis;

    LoggedProgress(TimeSource time) {
        this.time = time;
        this.reportedMillis = time.monotonicMillis();
    }

    @Override
    public void at(long doneBytes, long totalBytes) {
        long now = time.monotonicMillis();
        if (now - reportedMillis >= INTERVAL_MILLIS) {
            reportedMillis = now;
            log.atInfo()
                    .addKeyValue("copied-bytes", doneBytes)
                    .addKeyValue("file-bytes", totalBytes)
                    .log("copying the store");
        }
    }
}
