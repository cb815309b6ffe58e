package io.etcetera.mvcc;

/**
 * What a watcher wants.
 *
 * @param range keys to watch
 * @param startRevision first revision of interest; 0 means only what comes after the present
 * @param watchId ID chosen by the client, or {@link WatchStream#AUTO_ID}
 * @param prevKv add to each event the version that it replaced
 * @param noPut leave out puts
 * @param noDelete leave out deletes
 */
public record WatchRequest(
        KeyRange range, long startRevision, long watchId, boolean prevKv, boolean noPut, boolean noDelete) {}
