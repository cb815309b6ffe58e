package io.etcetera.mvcc;

import java.util.List;

/**
 * Events for one watcher, in order; all events of a revision are in one batch.
 *
 * @param watchId the watcher
 * @param revision for the response header: the events' revision when live, the current one when catching up,
 *     0 with a {@code compactRevision}
 * @param events never empty, unless {@code compactRevision} is set
 * @param compactRevision not 0 if the watcher wanted history that is gone: it has been removed, and this is its end
 * @param round the write, or the reading of history, that the batch comes from, by a number that is never 0; rising.
 *     Batches of one round share their events, so a sink that has taken one can take the others at little cost
 */
public record WatchBatch(long watchId, long revision, List<WatchEvent> events, long compactRevision, long round) {}
