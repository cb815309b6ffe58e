package io.etcetera.server.testing;

import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import java.util.Optional;

/** Keeps the one answer that it is given. */
public final class Answer<T> implements ResultCallback<T> {
    private Optional<T> result = Optional.empty();
    private Optional<EtcdError> error = Optional.empty();
    private int calls;

    @Override
    public synchronized void completed(T value) {
        result = Optional.ofNullable(value);
        count();
    }

    @Override
    public synchronized void failed(EtcdException e) {
        error = Optional.of(e.error());
        count();
    }

    private void count() {
        calls++;
        if (calls > 1) {
            throw new AssertionError("answered " + calls + " times");
        }
    }

    public synchronized boolean isGiven() {
        return calls > 0;
    }

    public synchronized T result() {
        return result.orElseThrow(() -> new AssertionError(isGiven() ? "failed: " + error : "not answered"));
    }

    public synchronized EtcdError error() {
        return error.orElseThrow(() -> new AssertionError(isGiven() ? "succeeded: " + result : "not answered"));
    }
}
