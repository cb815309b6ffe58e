package io.etcetera.server.auth;

import io.etcetera.server.ResultCallback;

/** Says who the client of a call is, anew each time: a token may run out while a call goes on. Thread-safe. */
@FunctionalInterface
public interface Identity {

    /** Answers {@link Caller#NOBODY} for who has shown nothing. Fails with INVALID_AUTH_TOKEN. */
    void identify(ResultCallback<Caller> callback);
}
