package io.etcetera.server;

/** Carries an {@link EtcdError} to the caller. No stack trace: it is an answer, not a fault. */
public final class EtcdException extends Exception {
    private static final long serialVersionUID = 1L;

    private final EtcdError error;

    public EtcdException(EtcdError error) {
        super(error.text(), null, false, false);
        this.error = error;
    }

    public EtcdError error() {
        return error;
    }
}
