package io.etcetera.mvcc;

import org.jspecify.annotations.Nullable;

/**
 * A defragmentation was given up. The store is as healthy as before and goes on with the file that it had; the message
 * says why, and what to do.
 */
public final class DefragmentationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DefragmentationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
