package io.etcetera.server.testing.history;

/** A history is wrong; the message says how. */
final class ViolationException extends Exception {
    ViolationException(String report) {
        super(report);
    }
}
