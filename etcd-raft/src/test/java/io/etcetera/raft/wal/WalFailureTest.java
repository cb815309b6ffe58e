package io.etcetera.raft.wal;

import static io.etcetera.raft.wal.WalTesting.DIRECTORY;
import static io.etcetera.raft.wal.WalTesting.assertHolds;
import static io.etcetera.raft.wal.WalTesting.entries;
import static io.etcetera.raft.wal.WalTesting.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Failing disks, and segments prepared ahead. */
final class WalFailureTest {
    private static final int LENGTH = 100;
    private static final long SEGMENT = 16 << 10;
    private static final long SMALL = 2048;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<Thread> threads = new ArrayList<>();

    private WriteAheadLog openPreparing() throws IOException {
        return open(disk, SEGMENT, SMALL, task -> {
            Thread thread = new Thread(task);
            threads.add(thread);
            return thread;
        });
    }

    private void joinThreads() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void afterAFailedWriteOrSyncEveryCallThrowsTheSame() throws IOException {
        for (int steps = 0; steps < 2; steps++) {
            SimulatedDisk failing = new SimulatedDisk();
            WriteAheadLog log = open(failing, SEGMENT);
            log.append(entries(1, 5, LENGTH));
            failing.failAfter(steps, new Random(steps));
            Throwable first = catchThrowable(() -> log.append(entries(6, 7, LENGTH)));
            assertThat(first).isInstanceOf(IOException.class).hasMessageContaining("simulated");
            assertThatThrownBy(() -> log.append(entries(6, 7, LENGTH))).isSameAs(first);
            assertThatThrownBy(() -> log.read(1)).isSameAs(first);
            assertThatThrownBy(() -> log.truncateSuffix(2)).isSameAs(first);
            assertThatThrownBy(() -> log.truncatePrefix(2)).isSameAs(first);
            assertThatThrownBy(() -> log.reset(2)).isSameAs(first);
            assertThat(log.lastIndex()).isEqualTo(5);
            log.close();
            assertThatThrownBy(() -> log.append(entries(6, 7, LENGTH))).isSameAs(first);
            failing.losePower(new Random(steps), 0);
            try (WriteAheadLog reopened = open(failing, SEGMENT)) {
                assertHolds(reopened, 1, 5, LENGTH);
            }
        }
    }

    @Test
    void whatAFailedSyncLeftInThePageCacheIsMadeDurableBeforeItCounts() throws IOException {
        WriteAheadLog log = open(disk, SEGMENT);
        log.append(entries(1, 5, LENGTH));
        disk.failAfter(1, new Random(1));
        assertThatThrownBy(() -> log.append(entries(6, 20, LENGTH))).hasMessageContaining("sync");
        disk.killProgram();
        long last;
        try (WriteAheadLog reopened = open(disk, SEGMENT)) {
            last = reopened.lastIndex();
            assertThat(last).isEqualTo(20);
            disk.losePower(new Random(2), 0);
        }
        try (WriteAheadLog reopened = open(disk, SEGMENT)) {
            assertHolds(reopened, 1, last, LENGTH);
        }
    }

    @Test
    void openingThatFailsReleasesEverything() throws IOException {
        WriteAheadLog log = open(disk, SEGMENT);
        log.append(entries(1, 5, LENGTH));
        disk.killProgram();
        for (int steps = 0; steps < 3; steps++) {
            disk.failAfter(steps, new Random(steps));
            assertThatThrownBy(() -> open(disk, SEGMENT)).hasMessageContaining("simulated");
        }
        try (WriteAheadLog reopened = open(disk, SEGMENT)) {
            assertHolds(reopened, 1, 5, LENGTH);
        }
    }

    @Test
    void spareIsPreparedUsedAndKept() throws Exception {
        Path spare = DIRECTORY.resolve(SegmentMaker.SPARE_NAME);
        try (WriteAheadLog log = openPreparing()) {
            assertThat(threads).isEmpty();
            log.append(entries(1, 10, LENGTH));
            joinThreads();
            assertThat(disk.content(spare)).hasSize((int) SEGMENT).containsOnly(0);
            log.append(entries(11, 20, LENGTH));
            assertThat(disk.content(disk.lastSegment())).hasSize((int) SEGMENT);
            log.append(entries(21, 60, LENGTH));
            joinThreads();
        }
        assertThat(disk.content(spare)).hasSize((int) SEGMENT);
        int made = threads.size();
        try (WriteAheadLog log = openPreparing()) {
            log.append(entries(61, 180, LENGTH));
            assertHolds(log, 1, 180, LENGTH);
            assertThat(disk.content(disk.segments().get(2))).hasSize((int) SEGMENT);
        }
        assertThat(threads.size()).isGreaterThanOrEqualTo(made);
        joinThreads(); // one that had nothing to do any more may be about to end
        assertThat(threads).noneMatch(Thread::isAlive);
    }

    @Test
    void spareOfAnotherSizeAndUnfinishedFilesAreRemoved() throws Exception {
        open(disk, SEGMENT).close();
        disk.put(DIRECTORY.resolve(SegmentMaker.SPARE_NAME), new byte[100]);
        disk.put(DIRECTORY.resolve("spare.tmp"), new byte[100]);
        disk.put(DIRECTORY.resolve("segment.tmp"), new byte[100]);
        openPreparing().close();
        assertThat(disk.contents()).containsOnlyKeys(disk.lastSegment(), DIRECTORY.resolve(SegmentMaker.NEWEST_NAME));
    }

    @Test
    void failureToPrepareIsNotAFailureOfTheLog() throws Exception {
        try (WriteAheadLog log = open(disk, SEGMENT, SMALL, task -> {
            boolean first = threads.isEmpty();
            Thread thread = new Thread(() -> {
                if (first) {
                    disk.failAfter(1, new Random(1));
                }
                task.run();
            });
            threads.add(thread);
            return thread;
        })) {
            log.append(entries(1, 10, LENGTH));
            joinThreads();
            assertThat(disk.hasFailed()).isTrue();
            log.append(entries(11, 12, LENGTH));
            assertHolds(log, 1, 12, LENGTH);
        }
    }

    @Test
    void failedSaveOfTheHardStateIsNeverRetried() throws IOException {
        for (int steps = 0; steps < 5; steps++) {
            SimulatedDisk failing = new SimulatedDisk();
            HardState state = HardState.open(DIRECTORY, failing);
            state.save(1, "a:1");
            failing.failAfter(steps, new Random(steps));
            Throwable first = catchThrowable(() -> state.save(2, "b:1"));
            assertThat(first).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> state.save(2, "b:1")).isSameAs(first);
            assertThat(state.term()).isEqualTo(1);
            failing.losePower(new Random(steps), 0.5);
            HardState reopened = HardState.open(DIRECTORY, failing);
            assertThat(reopened.votedFor()).isEqualTo(reopened.term() == 1 ? "a:1" : "b:1");
        }
    }
}
