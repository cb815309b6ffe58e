package io.etcetera.daemon;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes something, but not forever: who asked the process to end does not wait for a hang. */
final class Closing {
    /** Far more than closing takes; what is acknowledged is on disk even if it is not waited for. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    /** Runs the action on a thread of its own and waits for it up to the limit. Failures are logged. */
    static void within(Duration limit, Runnable action) {
        Thread closer = new Thread(action, "close");
        closer.setDaemon(true);
        closer.setUncaughtExceptionHandler((thread, failure) -> LOG.error("closing failed", failure));
        closer.start();
        try {
            closer.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closer.isAlive()) {
            LOG.atWarn().addKeyValue("waited", limit).log("closing takes too long; ending without it");
        }
    }
}
