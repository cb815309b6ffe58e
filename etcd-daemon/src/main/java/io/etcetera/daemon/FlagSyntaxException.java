package io.etcetera.daemon;

/** The command line cannot be read: the process prints the message and the usage, and ends with status 2. */
final class FlagSyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    FlagSyntaxException(String message) {
        super(message);
    }
}
