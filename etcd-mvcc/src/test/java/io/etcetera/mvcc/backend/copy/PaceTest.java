package io.etcetera.mvcc.backend.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Steps and rests of a copy, by a clock that the test moves. */
class PaceTest {
    private static final long LARGEST = 4L << 20;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicLong clock = new AtomicLong();
    private final Pace pace = new Pace(clock::get, LARGEST);

    private long step(long millis, boolean commits) {
        pace.stepBegins();
        clock.addAndGet(millis * MILLI);
        return pace.stepEnded(commits);
    }

    @Test
    void growsAndDoesNotRestWhileNobodyElseWantsTheDisk() {
        assertThat(pace.stepBytes()).isEqualTo(Pace.SMALLEST_STEP_BYTES);
        for (int i = 0; i < 10; i++) {
            assertThat(step(100, false)).isZero();
        }
        assertThat(pace.stepBytes()).isEqualTo(LARGEST);
    }

    @Test
    void besideCommitsAStepIsAsLargeAsTheDiskTakesInItsTime() {
        for (int i = 0; i < 20; i++) {
            // A disk that takes a megabyte in 8 ms.
            long millis = pace.stepBytes() >> 17;
            assertThat(step(millis, true)).isEqualTo(millis * MILLI);
        }
        assertThat(pace.stepBytes()).isEqualTo(1 << 20);
    }

    @Test
    void onADiskThatIsSlowForAnySizeStepsStayWorthTheirWhile() {
        for (int i = 0; i < 20; i++) {
            assertThat(step(50, true)).isEqualTo(50 * MILLI);
        }
        assertThat(pace.stepBytes()).isEqualTo(Pace.SMALLEST_STEP_BYTES);
    }

    @Test
    void aStoreIsBusyForAMomentAfterACommit() {
        step(20, true);
        assertThat(step(20, false)).isEqualTo(20 * MILLI);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(step(20, false)).isZero();
    }

    @Test
    void aLimitBelowTheSmallestStepHolds() {
        Pace small = new Pace(clock::get, 1_000);
        small.stepBegins();
        small.stepEnded(false);
        assertThat(small.stepBytes()).isEqualTo(1_000);
    }
}
