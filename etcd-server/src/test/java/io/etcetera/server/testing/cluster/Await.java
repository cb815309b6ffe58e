package io.etcetera.server.testing.cluster;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what can only be seen by asking again. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Await() {}

    /** Returns the first answer. Fails if there is none in time, or the thread is interrupted. */
    public static <T> T value(String what, Duration limit, Supplier<Optional<T>> question) {
        return value(what, limit, PAUSE, question);
    }

    /** The same, for a question that is a burden. */
    static <T> T value(String what, Duration limit, Duration pause, Supplier<Optional<T>> question) {
        long begin = System.nanoTime();
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting for " + what);
            }
            if (System.nanoTime() - begin > limit.toNanos()) {
                throw new AssertionError("waited " + limit.toSeconds() + " s in vain for " + what);
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    /** Calls again as long as it is refused so, as clients of etcd do. */
    public static <T> T answer(String what, Duration limit, Predicate<StatusRuntimeException> again, Supplier<T> call) {
        return value(what, limit, () -> {
            try {
                return Optional.of(call.get());
            } catch (StatusRuntimeException e) {
                if (!again.test(e)) {
                    throw e;
                }
                return Optional.empty();
            }
        });
    }

    /** Waits until it is so. */
    public static void until(String what, Duration limit, BooleanSupplier question) {
        Boolean ignored = value(what, limit, () -> question.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }
}
