package io.etcetera.mvcc;

import org.jspecify.annotations.Nullable;

/** No copy of the store could be made for another member; the store itself is as it was. */
public final class StoreImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreImageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
