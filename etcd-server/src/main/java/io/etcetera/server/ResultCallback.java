package io.etcetera.server;

/**
 * Where an answer goes. Exactly one of the methods is called, once, from any thread; neither may block or throw.
 *
 * @param <T> the answer
 */
public interface ResultCallback<T> {
    void completed(T result);

    void failed(EtcdException error);
}
