package io.etcetera.mvcc;

/** A watcher was refused. Carries no stack trace: it is an answer, not a fault. */
public final class WatchException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Kind {
        DUPLICATE_ID,
        EMPTY_RANGE
    }

    private final Kind kind;

    public WatchException(Kind kind) {
        super(kind.name(), null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
