package io.etcetera.server.testing.cluster;

import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what can only be seen by asking again. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Await() {}

    /** Asked until it has an answer. */
    @FunctionalInterface
    public interface Question<T, E extends Exception> {
        Optional<T> ask() throws E;
    }

    /** Asked until it is so. */
    @FunctionalInterface
    public interface Condition<E extends Exception> {
        boolean holds() throws E;
    }

    /** Returns the first answer. Fails if there is none in time, or the thread is interrupted. */
    public static <T, E extends Exception> T value(String what, Duration limit, Question<T, E> question) throws E {
        return value(what, limit, PAUSE, question);
    }

    /** The same, for a question that is a burden. */
    static <T, E extends Exception> T value(String what, Duration limit, Duration pause, Question<T, E> question)
            throws E {
        long begin = System.nanoTime();
        while (true) {
            Optional<T> answer = question.ask();
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
    public static <E extends Exception> void until(String what, Duration limit, Condition<E> condition) throws E {
        Boolean ignored = value(what, limit, () -> condition.holds() ? Optional.of(true) : Optional.empty());
    }
}
