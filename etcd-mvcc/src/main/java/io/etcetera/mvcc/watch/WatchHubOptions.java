package io.etcetera.mvcc.watch;

import java.time.Duration;

/**
 * Bounds of the catch-up of watchers that are behind.
 *
 * @param gatherDelay how long the catch-up thread waits for company of the watchers that have fallen or begun behind, so
 *     that it reads history once for all of them; not if they are enough for a pass, nor in the middle of catching up
 * @param failurePause how long the catch-up thread waits after it failed to read the store
 * @param batchRevisions most distinct revisions in a catch-up batch
 * @param batchBytes a catch-up batch ends behind the revision that brings the records read to this size
 * @param passWatchers most watchers that are served by one reading of the store
 */
public record WatchHubOptions(
        Duration gatherDelay, Duration failurePause, int batchRevisions, long batchBytes, int passWatchers) {

    /** etcd's bounds, and 8 MiB for the bytes, which etcd leaves unbounded. */
    public static final WatchHubOptions DEFAULT =
            new WatchHubOptions(Duration.ofMillis(2), Duration.ofMillis(100), 1000, 8L << 20, 512);

    public WatchHubOptions {
        if (batchRevisions < 1 || batchBytes < 1 || passWatchers < 1) {
            throw new IllegalArgumentException("bounds must be positive");
        }
        if (gatherDelay.isNegative() || failurePause.isNegative()) {
            throw new IllegalArgumentException("pauses must not be negative");
        }
    }
}
