package io.etcetera.server.testing.history;

/** A limit was met before it was known whether a history is right. */
final class UndecidedException extends Exception {
    UndecidedException(String reason) {
        super(reason);
    }
}
