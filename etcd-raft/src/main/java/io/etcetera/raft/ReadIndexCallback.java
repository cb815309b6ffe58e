package io.etcetera.raft;

/** Outcome of {@link RaftNode#readIndex}. Exactly one of the methods is called, once; neither may block. */
public interface ReadIndexCallback {

    /** The read is safe once the entry at {@code index} has been applied. */
    void ready(long index);

    /** No index could be obtained. */
    void failed(RaftException cause);
}
