package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HeartbeatPaceTest {
    private final AtomicLong millis = new AtomicLong();
    private final HeartbeatPace pace = new HeartbeatPace(100, () -> TimeUnit.MILLISECONDS.toNanos(millis.get()));

    @Test
    void countsPausesOfMoreThanTwoIntervalsAfterAnAnswer() {
        pace.sending("a", 1);
        millis.addAndGet(5_000); // the peer's fault, if anybody's
        pace.answered("a", 1);
        millis.addAndGet(200);
        pace.sending("a", 1);
        assertThat(pace.late()).isZero();
        pace.answered("a", 1);
        millis.addAndGet(201);
        pace.sending("b", 1);
        assertThat(pace.late()).isZero();
        pace.sending("a", 1);
        assertThat(pace.late()).isEqualTo(1);
        pace.sending("a", 1); // the one before was not answered
        assertThat(pace.late()).isEqualTo(1);
    }

    @Test
    void doesNotCountWhileAnotherLed() {
        pace.sending("a", 1);
        pace.answered("a", 1);
        millis.addAndGet(10_000);
        pace.sending("a", 3);
        assertThat(pace.late()).isZero();
    }
}
