package io.etcetera.raft;

import org.jspecify.annotations.Nullable;

/** Why the log refused or lost a request, or stopped. Carries no stack trace unless it has a cause. */
public final class RaftException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The closed set of reasons. */
    public enum Kind {
        /** This member does not lead, and nothing was appended. */
        NOT_LEADER,
        /** There is no leader to ask. */
        NO_LEADER,
        /** Too much is waiting to be appended; nothing was appended. */
        BUSY,
        /** Leadership was lost on the way: the entry may or may not be committed later. Never retry by itself. */
        UNKNOWN,
        /** Another change of members, or a transfer of leadership, is under way; nothing was begun. */
        CHANGING,
        /** The member to be given a vote, or leadership, is too far behind or does not answer. */
        NOT_CAUGHT_UP,
        /** The member is stopping or has stopped. */
        STOPPED,
        /** The log, the hard state or the state machine failed; this member has stopped answering for good. */
        FATAL
    }

    private final Kind kind;

    public RaftException(Kind kind, String message) {
        this(kind, message, null);
    }

    public RaftException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause, true, cause != null);
        this.kind = kind;
    }

    /** The reason. */
    public Kind kind() {
        return kind;
    }
}
