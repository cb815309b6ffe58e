package io.etcetera.mvcc;

/**
 * How much a hub has to do. Each number by itself is right at some moment of late.
 *
 * @param streams open streams
 * @param watchers watchers of all streams
 * @param slowWatchers started watchers that are not synced
 * @param pendingEvents events of batches that sinks have refused and not yet taken
 * @param eventsTotal events that sinks have taken since the hub was made
 */
public record WatchCounts(long streams, long watchers, long slowWatchers, long pendingEvents, long eventsTotal) {}
