package io.etcetera.server.tls;

import io.etcetera.server.text.OsErrors;
import java.io.IOException;

/** A file that TLS needs cannot be read or is no good. The message is etcd's, and holds nothing of the file's content. */
final class TlsMaterialException extends IOException {
    private static final long serialVersionUID = 1L;

    TlsMaterialException(String message) {
        super(message);
    }

    TlsMaterialException(String message, Throwable cause) {
        super(message, cause);
    }

    static TlsMaterialException unreadable(String file, IOException failure) {
        return new TlsMaterialException(OsErrors.describe("open", file, failure), failure);
    }
}
