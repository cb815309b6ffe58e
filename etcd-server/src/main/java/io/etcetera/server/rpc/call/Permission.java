package io.etcetera.server.rpc.call;

/** What a method asks of its caller while authentication is on. Each method says it where it is bound, see {@link Methods}. */
public enum Permission {
    /** Nothing. */
    OPEN,
    /** To be somebody. Checked before the handler sees the request. */
    USER,
    /** To have the root role. Checked before the handler sees the request. */
    ADMIN,
    /** To be allowed to read the keys in question. Checked where {@link Access} reads them. */
    KEYS,
    /** Decided where the log is applied, by the name that {@link Access} puts into the entry. */
    LOG;

    boolean isForTheDoor() {
        return this == USER || this == ADMIN;
    }
}
