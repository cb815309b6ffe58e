package io.etcetera.server.propose;

import io.etcetera.raft.RaftException;

/** What it means to a request that the log failed it: the only place that interprets {@link RaftException.Kind}. */
public enum LogRefusal {
    /** There was no leader to take it. It may be tried again, within its deadline. */
    NOT_TAKEN,
    /** The log has more to do than it can hold. */
    BUSY,
    /** It may or may not come to pass. A write must not be tried again; its result, if any, arrives at apply. */
    UNDECIDED,
    /** This member is at its end. */
    STOPPED;

    public static LogRefusal of(RaftException cause) {
        return switch (cause.kind()) {
            case NOT_LEADER, NO_LEADER -> NOT_TAKEN;
            // The last two are said of changes of members alone.
            case BUSY, CHANGING, NOT_CAUGHT_UP -> BUSY;
            case UNKNOWN -> UNDECIDED;
            case STOPPED, FATAL -> STOPPED;
        };
    }
}
