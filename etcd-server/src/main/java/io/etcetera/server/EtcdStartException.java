package io.etcetera.server;

import org.jspecify.annotations.Nullable;

/** A member could not be started, and nothing of it is left behind. The message is for the operator. */
public final class EtcdStartException extends Exception {
    private static final long serialVersionUID = 1L;

    EtcdStartException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
