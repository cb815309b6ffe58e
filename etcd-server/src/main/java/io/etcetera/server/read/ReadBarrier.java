package io.etcetera.server.read;

import io.etcetera.server.ResultCallback;

/** Makes a read linearizable. */
public interface ReadBarrier {

    /**
     * Completes once a read of the local store sees every write acknowledged before this call; at once, on the calling
     * thread, where that is certain already. Fails with LEADER_CHANGED, TIMEOUT or STOPPED. Never blocks.
     *
     * @param token handed to the callback, so that callers need no capture
     */
    <T> void await(T token, ResultCallback<T> callback);
}
