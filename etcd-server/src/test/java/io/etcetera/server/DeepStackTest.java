package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeepStackTest {
    @Test
    void aTaskThatNeedsRoomHasIt() {
        AtomicInteger depth = new AtomicInteger();

        DeepStack.run(() -> descend(depth, 100_000));

        assertThat(depth).hasValue(100_000);
    }

    @Test
    void whatATaskThrowsReachesTheCaller() {
        RuntimeException exception = new IllegalStateException("a fault");
        Error error = new AssertionError("an error");

        assertThatThrownBy(() -> DeepStack.run(() -> {
                    throw exception;
                }))
                .isSameAs(exception);
        assertThatThrownBy(() -> DeepStack.run(() -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    @Test
    void anInterruptOfTheCallerIsKeptForLater() {
        AtomicInteger runs = new AtomicInteger();
        Thread.currentThread().interrupt();

        DeepStack.run(runs::incrementAndGet);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(runs).hasValue(1);
    }

    private static void descend(AtomicInteger depth, int levels) {
        if (levels > 0) {
            depth.incrementAndGet();
            descend(depth, levels - 1);
        }
    }
}
