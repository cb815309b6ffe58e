package io.etcetera.daemon.differential;

/** A server said what it should not have said, or did not say what it should have. */
final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mismatch(String text) {
        super(text);
    }
}
