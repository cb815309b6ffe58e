package io.etcetera.mvcc;

import org.jspecify.annotations.Nullable;

/** The store's file cannot grow: the disk, a disk quota, or the map size is used up. The message says which. */
public final class StoreFullException extends StoreFailedException {
    private static final long serialVersionUID = 1L;

    public StoreFullException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
