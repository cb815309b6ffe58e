package io.etcetera.daemon.options;

/** The command line cannot be read: the process prints the message and the usage, and ends with status 2. */
public final class FlagSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    FlagSyntaxException(String message) {
        super(message);
    }
}
