package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemberTimerTest {
    private final MemberTimer timer = new MemberTimer("timer");
    private final AtomicInteger second = new AtomicInteger();
    private final AtomicInteger third = new AtomicInteger();

    @Test
    void tasksRunOnTheTicksOfOneClock() throws InterruptedException {
        AtomicInteger each = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(1);
        try (timer) {
            timer.every(MemberTimer.TICK.multipliedBy(2).minusNanos(1), second::incrementAndGet);
            timer.every(MemberTimer.TICK.multipliedBy(3), third::incrementAndGet);
            timer.every(MemberTimer.TICK, () -> {
                if (each.incrementAndGet() == 30) {
                    // On the timer's thread, so that nothing runs meanwhile. A tick may have come before all three were
                    // there.
                    assertThat(second.get()).isBetween(14, 16);
                    assertThat(third.get()).isBetween(9, 11);
                    enough.countDown();
                }
            });
            assertThat(enough.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aTaskRunsAtOnce() throws InterruptedException {
        CountDownLatch run = new CountDownLatch(1);
        try (timer) {
            timer.every(MemberTimer.TICK.multipliedBy(1_000_000), run::countDown);
            assertThat(run.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aTaskThatFailsRunsAgain() throws InterruptedException {
        CountDownLatch failures = new CountDownLatch(3);
        try (timer) {
            timer.every(MemberTimer.TICK, () -> {
                failures.countDown();
                throw new IllegalStateException("on purpose");
            });
            assertThat(failures.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
