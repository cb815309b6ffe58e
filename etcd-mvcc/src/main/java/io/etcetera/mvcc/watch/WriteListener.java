package io.etcetera.mvcc.watch;

import java.util.List;

/** Learns of each write transaction. */
public interface WriteListener {

    /**
     * Called by the apply thread at the end of each write transaction that changed something, when the changes have
     * become readable: {@link HistorySource} already serves them. Revisions rise from call to call; none is left out.
     *
     * @param revision main revision of all the changes
     * @param changes in sub revision order; kept while watchers need them, so it must not be changed afterwards
     */
    void written(long revision, List<Change> changes);
}
