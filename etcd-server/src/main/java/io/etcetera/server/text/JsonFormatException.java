package io.etcetera.server.text;

/** JSON that is not what it should be. The message is for whoever wrote it, in Go's words. */
public final class JsonFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    public JsonFormatException(String message) {
        super(message, null, false, false);
    }
}
