package io.etcetera.server.tls;

import java.io.IOException;

/** The client port cannot be served with the certificates that it was given. The message is etcd's. */
public final class ListenerException extends IOException {
    private static final long serialVersionUID = 1L;

    ListenerException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
