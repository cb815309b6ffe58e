package io.etcetera.mvcc;

/** A request named a revision that the store cannot serve. Carries no stack trace: it is an answer, not a fault. */
public final class RevisionException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the revision. */
    public enum Kind {
        /** It has been compacted away. */
        COMPACTED,
        /** It has not been reached yet. */
        FUTURE
    }

    private final Kind kind;

    public RevisionException(Kind kind) {
        super(kind.name(), null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
