package io.etcetera.mvcc.backend.copy;

/** Work that the committer does for somebody else between two commits, when nobody but this work changes any file. */
public interface CommitterTurn {
    /** On the committer thread. What it throws is final for the store, as a failed commit is. */
    void take();

    /** Instead of {@link #take}: the committer has ended, with this cause. */
    void refused(Throwable cause);
}
