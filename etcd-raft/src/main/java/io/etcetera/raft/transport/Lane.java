package io.etcetera.raft.transport;

/**
 * What a message may not be held up by: messages of one lane stay in order, those of different lanes pass each other. A
 * heartbeat behind a megabyte of entries would come too late.
 */
public enum Lane {
    /** Log entries and the probes between them. Many, large, strictly in order. */
    APPEND,
    /** Votes, heartbeats, read indexes, offers of a full copy. Small and urgent. */
    CONTROL
}
