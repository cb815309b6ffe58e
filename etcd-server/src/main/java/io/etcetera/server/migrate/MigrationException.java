package io.etcetera.server.migrate;

import java.io.IOException;

/** Files of a member cannot be taken over. Nothing has been changed; the message names the file and says what is wrong with it. */
public final class MigrationException extends IOException {
    private static final long serialVersionUID = 1L;

    MigrationException(String message) {
        super(message);
    }

    MigrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
