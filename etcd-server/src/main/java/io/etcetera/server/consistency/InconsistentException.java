package io.etcetera.server.consistency;

/** This member and others hold different things, or it cannot be told. */
public final class InconsistentException extends Exception {
    InconsistentException(String message) {
        super(message);
    }
}
