package io.etcetera.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations against a plain model, with crashes of the program and of the machine, failing writes and syncs, and
 * flipped bits. The seed is in the name of each failure. After a crash in the middle of an operation the log must hold
 * what it held before, or after, or for an append anything between.
 */
final class WalSimulationTest {
    private static final int OPERATIONS = 150;
    private static final int SEEDS_IN_ONE_TEST = 30;

    /** What a log holds. */
    private record Model(long first, List<byte[]> data) {
        long next() {
            return first + data.size();
        }

        Model withAppended(List<WalEntry> entries) {
            List<byte[]> all = new ArrayList<>(data);
            entries.forEach(entry -> all.add(entry.data()));
            return new Model(first, all);
        }

        Model withSuffixCut(long lastKept) {
            return new Model(first, data.subList(0, (int) Math.min(data.size(), lastKept + 1 - first)));
        }

        Model withPrefixCut(long firstKept) {
            if (firstKept <= first) {
                return this;
            }
            return new Model(firstKept, data.subList((int) Math.min(data.size(), firstKept - first), data.size()));
        }
    }

    private interface Operation {
        void run(WriteAheadLog log) throws IOException;
    }

    /** One random life of a log. */
    private static final class Life {
        private final Random random;
        private final SimulatedDisk disk = new SimulatedDisk();
        private final long segmentBytes;
        private final long smallSegmentBytes;
        private @Nullable Thread preparer;
        private WriteAheadLog log;
        private Model model = new Model(1, List.of());

        Life(long seed) throws IOException {
            random = new Random(seed);
            segmentBytes = 1024L << random.nextInt(4);
            smallSegmentBytes = random.nextBoolean() ? segmentBytes : 1024;
            log = open();
        }

        private WriteAheadLog open() throws IOException {
            return WalTesting.open(disk, segmentBytes, smallSegmentBytes, task -> {
                Thread thread = new Thread(task);
                preparer = thread;
                return thread;
            });
        }

        /** Waits for the thread that prepares segments, so that the same seed gives the same life. */
        private void settle() throws InterruptedException {
            if (preparer != null) {
                preparer.join();
            }
        }

        void live() throws IOException, InterruptedException {
            for (int i = 0; i < OPERATIONS; i++) {
                switch (random.nextInt(20)) {
                    case 0, 7 -> {
                        long lastKept = model.first - 1 + random.nextInt(model.data.size() + 2);
                        run(model.withSuffixCut(lastKept), log -> log.truncateSuffix(lastKept));
                    }
                    case 1, 2 -> {
                        long firstKept = model.first + random.nextInt(model.data.size() + 5);
                        run(model.withPrefixCut(firstKept), log -> log.truncatePrefix(firstKept));
                    }
                    case 3 -> {
                        long next = 1L + random.nextInt(1000);
                        run(new Model(next, List.of()), log -> log.reset(next));
                    }
                    case 4 -> reopen();
                    case 5, 6 -> crash();
                    default -> append();
                }
                check();
            }
            log.close();
        }

        private void append() throws IOException, InterruptedException {
            List<WalEntry> entries = new ArrayList<>();
            int count = 1 + random.nextInt(12);
            for (int i = 0; i < count; i++) {
                byte[] data = new byte[random.nextInt(50) == 0 ? random.nextInt(20_000) : random.nextInt(200)];
                random.nextBytes(data);
                entries.add(new WalEntry(model.next() + i, 1, data));
            }
            run(model.withAppended(entries), log -> log.append(entries));
        }

        /** Runs an operation, sometimes with a failure in the middle of it, and after that with a crash. */
        private void run(Model after, Operation operation) throws IOException, InterruptedException {
            boolean failing = random.nextInt(8) == 0;
            if (failing) {
                disk.failAfter(random.nextInt(8), random);
            }
            boolean failed = false;
            try {
                operation.run(log);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("simulated");
                failed = true;
            }
            settle();
            if (failing) {
                Model before = failed ? model : after;
                die();
                log = open();
                adopt(before, after);
            } else {
                model = after;
            }
        }

        private void die() {
            if (random.nextInt(3) == 0) {
                log.close();
            }
            if (random.nextInt(3) == 0) {
                disk.killProgram();
            } else {
                disk.losePower(random, random.nextInt(4) / 3.0);
            }
        }

        private void crash() throws IOException {
            die();
            log = open();
        }

        private void reopen() throws IOException {
            log.close();
            log = open();
        }

        /** Finds out which of the allowed states the log is in; the next check compares the content. */
        private void adopt(Model before, Model after) {
            boolean sameFirst = log.firstIndex() == after.first && before.first == after.first;
            if (sameFirst && log.lastIndex() + 1 >= before.next() && log.lastIndex() + 1 <= after.next()) {
                model = after.withSuffixCut(log.lastIndex());
            } else if (log.firstIndex() == before.first && log.lastIndex() + 1 == before.next()) {
                model = before;
            } else if (log.firstIndex() == after.first && log.lastIndex() + 1 == after.next()) {
                model = after;
            } else {
                fail("neither [%d, %d) nor [%d, %d) but [%d, %d]"
                        .formatted(
                                before.first,
                                before.next(),
                                after.first,
                                after.next(),
                                log.firstIndex(),
                                log.lastIndex()));
            }
        }

        private void check() throws IOException {
            assertThat(log.firstIndex()).isEqualTo(model.first);
            assertThat(log.lastIndex()).isEqualTo(model.next() - 1);
            for (int i = 0; i < model.data.size(); i++) {
                assertThat(log.read(model.first + i)).isEqualTo(model.data.get(i));
            }
        }

        /** Flips one bit anywhere: either the log refuses to open, or nothing is lost. */
        void flipBits() throws IOException {
            SimulatedDisk whole = disk.copy();
            for (int i = 0; i < 40; i++) {
                SimulatedDisk damaged = whole.copy();
                List<Path> files = damaged.segments();
                Path file = files.get(random.nextInt(files.size()));
                byte[] bytes = damaged.content(file);
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                damaged.put(file, bytes);
                try (WriteAheadLog opened = WalTesting.open(damaged, segmentBytes)) {
                    log = opened;
                    check();
                } catch (IOException e) {
                    assertThat(e).hasMessageContaining(file.toString());
                }
            }
        }
    }

    @BeforeAll
    static void silence() {
        WalTesting.logWarnings(false);
    }

    @AfterAll
    static void speakAgain() {
        WalTesting.logWarnings(true);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1001, 2001, 3001, 4001})
    void whatWasAcknowledgedIsThere(long firstSeed) throws InterruptedException {
        for (long seed = firstSeed; seed < firstSeed + SEEDS_IN_ONE_TEST; seed++) {
            try {
                new Life(seed).live();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void flippedBitsAreFoundOrDoNoHarm() throws InterruptedException {
        for (long seed = 1; seed <= 20; seed++) {
            try {
                Life life = new Life(seed);
                life.live();
                life.flipBits();
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
