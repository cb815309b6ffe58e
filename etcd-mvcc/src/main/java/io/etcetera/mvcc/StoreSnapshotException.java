package io.etcetera.mvcc;

import org.jspecify.annotations.Nullable;

/** No snapshot of the store could be made; the store itself is as it was. */
public final class StoreSnapshotException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreSnapshotException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
