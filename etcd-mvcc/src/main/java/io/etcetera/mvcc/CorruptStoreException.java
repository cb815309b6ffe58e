package io.etcetera.mvcc;

import org.jspecify.annotations.Nullable;

/** The store holds bytes that it cannot have written, or misses some that it must hold. Fatal to the member. */
public final class CorruptStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CorruptStoreException(String message) {
        this(message, null);
    }

    public CorruptStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
