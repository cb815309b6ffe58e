package io.etcetera.daemon;

/** The text of an option's value cannot be read. The message is only the reason; whoever asked adds which option. */
final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    BadValueException(String reason) {
        super(reason);
    }
}
