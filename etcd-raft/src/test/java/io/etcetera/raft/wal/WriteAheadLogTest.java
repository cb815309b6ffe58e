package io.etcetera.raft.wal;

import static io.etcetera.raft.wal.WalTesting.assertHolds;
import static io.etcetera.raft.wal.WalTesting.entries;
import static io.etcetera.raft.wal.WalTesting.entry;
import static io.etcetera.raft.wal.WalTesting.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log on real files: what is appended is there, truncations hold, and misuse is refused. */
final class WriteAheadLogTest {
    private static final int LENGTH = 100;

    private final Path directory;

    WriteAheadLogTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private WriteAheadLog open() throws IOException {
        return WriteAheadLog.open(directory, options(4096));
    }

    @Test
    void newLogIsEmptyAndContinuesAtOne() throws IOException {
        try (WriteAheadLog log = open()) {
            assertHolds(log, 1, 0, LENGTH);
        }
        try (WriteAheadLog log = open()) {
            assertHolds(log, 1, 0, LENGTH);
        }
    }

    @Test
    void entriesSurviveReopening() throws IOException {
        try (WriteAheadLog log = WriteAheadLog.open(directory, WalOptions.defaults())) {
            log.append(entries(1, 3, LENGTH));
            log.append(List.of());
            log.append(entries(4, 4, LENGTH));
            assertHolds(log, 1, 4, LENGTH);
        }
        try (WriteAheadLog log = WriteAheadLog.open(directory, WalOptions.defaults())) {
            assertHolds(log, 1, 4, LENGTH);
            log.append(entries(5, 6, LENGTH));
            assertHolds(log, 1, 6, LENGTH);
        }
    }

    @Test
    void manySmallSegmentsAndBatchesAcrossThem() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 200, LENGTH));
            for (long index = 201; index <= 300; index++) {
                log.append(entries(index, index, LENGTH));
            }
            assertHolds(log, 1, 300, LENGTH);
        }
        assertThat(WalTesting.segments(directory)).hasSizeGreaterThan(10);
        try (WriteAheadLog log = open()) {
            assertHolds(log, 1, 300, LENGTH);
        }
    }

    @Test
    void emptyAndOversizedEntries() throws IOException {
        int oversized = 3 << 20;
        try (WriteAheadLog log = open()) {
            log.append(List.of(entry(1, 0), entry(2, oversized), entry(3, 0), entry(4, oversized + 1)));
            log.append(List.of(entry(5, 7)));
        }
        try (WriteAheadLog log = open()) {
            assertThat(log.read(1)).isEmpty();
            assertThat(log.read(2)).isEqualTo(entry(2, oversized).data());
            assertThat(log.read(3)).isEmpty();
            assertThat(log.read(4)).isEqualTo(entry(4, oversized + 1).data());
            assertThat(log.read(5)).isEqualTo(entry(5, 7).data());
        }
    }

    @Test
    void indexesMustFollow() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 2, LENGTH));
            assertThatThrownBy(() -> log.append(entries(4, 5, LENGTH)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("entry 4")
                    .hasMessageContaining("entry 3 must follow");
            assertThatThrownBy(() -> log.append(List.of(entry(3, 1), entry(5, 1))))
                    .isInstanceOf(IllegalStateException.class);
            log.append(entries(3, 3, LENGTH));
            assertHolds(log, 1, 3, LENGTH);
        }
    }

    @Test
    void truncateSuffixAcrossSegments() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 200, LENGTH));
            log.truncateSuffix(250);
            log.truncateSuffix(50);
            assertHolds(log, 1, 50, LENGTH);
        }
        try (WriteAheadLog log = open()) {
            assertHolds(log, 1, 50, LENGTH);
            log.append(List.of(new WalEntry(51, 2, new byte[] {1})));
            log.truncateSuffix(50);
            log.append(entries(51, 120, LENGTH));
            assertHolds(log, 1, 120, LENGTH);
            log.truncateSuffix(0);
            assertHolds(log, 1, 0, LENGTH);
            log.append(entries(1, 9, LENGTH));
        }
        try (WriteAheadLog log = open()) {
            assertHolds(log, 1, 9, LENGTH);
        }
    }

    @Test
    void truncateSuffixBelowTheFirstIndexIsRefused() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 20, LENGTH));
            log.truncatePrefix(10);
            assertThatIllegalArgumentException().isThrownBy(() -> log.truncateSuffix(8));
            log.truncateSuffix(9);
            assertHolds(log, 10, 9, LENGTH);
        }
    }

    @Test
    void truncatePrefixRemovesSegmentsAndSurvives() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 200, LENGTH));
            int before = WalTesting.segments(directory).size();
            log.truncatePrefix(100);
            assertThat(WalTesting.segments(directory)).hasSizeLessThan(before);
            log.truncatePrefix(99);
            assertHolds(log, 100, 200, LENGTH);
        }
        try (WriteAheadLog log = open()) {
            assertHolds(log, 100, 200, LENGTH);
            log.append(entries(201, 230, LENGTH));
            log.truncatePrefix(500);
            assertHolds(log, 500, 499, LENGTH);
            assertThat(WalTesting.segments(directory)).hasSize(1);
            log.append(entries(500, 520, LENGTH));
        }
        try (WriteAheadLog log = open()) {
            assertHolds(log, 500, 520, LENGTH);
        }
    }

    @Test
    void suffixThenPrefixLeavesSegmentsWhoseNamesRunAhead() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 200, LENGTH));
            log.truncateSuffix(10);
            log.append(entries(11, 60, LENGTH));
            log.truncatePrefix(40);
            assertHolds(log, 40, 60, LENGTH);
        }
        try (WriteAheadLog log = open()) {
            assertHolds(log, 40, 60, LENGTH);
        }
    }

    @Test
    void resetGoesOnAnywhere() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 100, LENGTH));
            log.reset(1000);
            assertHolds(log, 1000, 999, LENGTH);
            log.append(entries(1000, 1010, LENGTH));
            log.reset(5);
            log.append(entries(5, 7, LENGTH));
            assertThatIllegalArgumentException().isThrownBy(() -> log.reset(0));
        }
        try (WriteAheadLog log = open()) {
            assertHolds(log, 5, 7, LENGTH);
        }
    }

    @Test
    void oneLogForEachDirectory() throws IOException {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 1, LENGTH));
            assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("is locked");
        }
        open().close();
    }

    @Test
    void closedLogRefusesAndClosesTwice() throws IOException {
        WriteAheadLog log = open();
        log.append(entries(1, 1, LENGTH));
        log.close();
        log.close();
        assertThatThrownBy(() -> log.read(1)).isInstanceOf(IOException.class).hasMessageContaining("is closed");
        assertThatThrownBy(() -> log.append(entries(2, 2, LENGTH)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void listenerHearsOfEverySync() throws IOException {
        List<Long> heard = new ArrayList<>();
        WalOptions options = options(4096).withListener((writeNanos, syncNanos, bytes) -> heard.add(bytes));
        try (WriteAheadLog log = WriteAheadLog.open(directory, options)) {
            log.append(List.of(entry(1, 8)));
            log.append(List.of(entry(2, 1), entry(3, 16)));
        }
        assertThat(heard).containsExactly(32L + 40, 32L + 40 + 48);
    }

    @Test
    void interruptedReaderReadsAndHarmsNobody() throws Exception {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 50, LENGTH));
            Thread.currentThread().interrupt();
            byte[] read = log.read(25);
            log.append(entries(51, 51, LENGTH));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(read).isEqualTo(entry(25, LENGTH).data());
            assertHolds(log, 1, 51, LENGTH);
        }
    }

    @Test
    void readersRunBesideAppendsAndTruncations() throws Exception {
        try (WriteAheadLog log = open()) {
            log.append(entries(1, 50, LENGTH));
            AtomicReference<Throwable> failure = new AtomicReference<>();
            CountDownLatch started = new CountDownLatch(2);
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Thread reader = new Thread(() -> readUntilEnough(log, started, failure));
                reader.start();
                readers.add(reader);
            }
            started.await();
            for (long index = 51; index <= 3000; index += 10) {
                log.append(entries(index, index + 9, LENGTH));
                log.truncateSuffix(index + 6);
                log.append(entries(index + 7, index + 9, LENGTH));
                log.truncatePrefix(index - 40);
            }
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(failure.get()).isNull();
        }
    }

    private static void readUntilEnough(WriteAheadLog log, CountDownLatch started, AtomicReference<Throwable> failure) {
        try {
            started.countDown();
            while (log.lastIndex() < 3000) {
                for (long index = log.firstIndex(); index <= log.lastIndex(); index++) {
                    byte[] read = log.read(index);
                    if (read != null) {
                        assertThat(read).isEqualTo(entry(index, LENGTH).data());
                    }
                }
            }
        } catch (IOException | AssertionError e) {
            failure.set(e);
        }
    }

    @Test
    void unrelatedFilesAreLeftAlone() throws IOException {
        Files.writeString(directory.resolve("notes.txt"), "mine");
        open().close();
        assertThat(directory.resolve("notes.txt")).hasContent("mine");
    }
}
