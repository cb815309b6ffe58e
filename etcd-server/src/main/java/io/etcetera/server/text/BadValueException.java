package io.etcetera.server.text;

/** The text of an option's value cannot be read. The message is only the reason; whoever asked adds which option. */
public final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the reason alone. */
    public BadValueException(String reason) {
        super(reason);
    }
}
