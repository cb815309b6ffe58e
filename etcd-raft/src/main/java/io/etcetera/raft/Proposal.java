package io.etcetera.raft;

/** An entry on its way into the log. Implemented by the proposer, who learns of failure here and of success at apply. */
public interface Proposal {

    /** The entry's bytes, at least one. The array is not copied and must not change afterwards. */
    byte[] data();

    /**
     * The entry was refused, or its fate is unknown (see {@link RaftException#kind()}). Called at most once, from any
     * thread; must not block.
     */
    void failed(RaftException cause);
}
