package io.etcetera.mvcc;

import org.jspecify.annotations.Nullable;

/**
 * The store's file could not be opened, read or written, for a reason outside the store: permissions, an I/O error, a
 * limit of the system. The message names the file and what to do. Fatal to the member.
 */
public class StoreFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
