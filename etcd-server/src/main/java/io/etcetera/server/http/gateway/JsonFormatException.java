package io.etcetera.server.http.gateway;

/** A request body that is not what it should be. The message is for the client, in Go's words. */
final class JsonFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    JsonFormatException(String message) {
        super(message, null, false, false);
    }
}
