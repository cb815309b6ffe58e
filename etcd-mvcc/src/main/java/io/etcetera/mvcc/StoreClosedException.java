package io.etcetera.mvcc;

/** The store is closed, or another one has taken its place and readers have to turn to that. */
public final class StoreClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public StoreClosedException(String message) {
        super(message);
    }
}
