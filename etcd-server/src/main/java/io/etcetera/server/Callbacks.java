package io.etcetera.server;

import java.util.function.Consumer;

/** Callbacks put together from lambdas, so that a sequence of steps can be read from top to bottom. */
public final class Callbacks {
    private Callbacks() {}

    /** From one lambda for each outcome. */
    public static <T> ResultCallback<T> of(Consumer<? super T> completed, Consumer<EtcdException> failed) {
        return new ResultCallback<>() {
            @Override
            public void completed(T result) {
                completed.accept(result);
            }

            @Override
            public void failed(EtcdException error) {
                failed.accept(error);
            }
        };
    }

    /** Goes on with {@code next}; an error is the answer of the whole. */
    public static <T> ResultCallback<T> then(ResultCallback<?> whole, Consumer<? super T> next) {
        return of(next, whole::failed);
    }
}
