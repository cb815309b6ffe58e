package io.etcetera.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** What the tests of this package share: entries with content that tells index and term, and files to tamper with. */
final class WalTesting {
    /** Where logs on simulated disks live. */
    static final Path DIRECTORY = Path.of("wal");

    static final long SALT = 0x0123456789abcdefL;

    private WalTesting() {}

    /** Crashes by the hundred would flood the output with warnings: off before such tests, on after. */
    static void logWarnings(boolean on) {
        Level level = on ? Level.WARN : Level.OFF;
        String packageName = WalTesting.class.getPackageName();
        if (LoggerFactory.getLogger(packageName) instanceof Logger logger) {
            logger.setLevel(level);
        }
    }

    static WalOptions options(long segmentBytes) {
        return WalOptions.defaults().withSegmentBytes(segmentBytes).withFsync(false);
    }

    /** Content of {@code length} bytes that no other index, term or length shares. */
    static byte[] data(long index, long term, int length) {
        byte[] bytes = new byte[length];
        new Random(index * 1_000_003 + term * 31 + length).nextBytes(bytes);
        return bytes;
    }

    static WalEntry entry(long index, int length) {
        return new WalEntry(index, 1, data(index, 1, length));
    }

    /** Entries {@code from} to {@code to} inclusive. */
    static List<WalEntry> entries(long from, long to, int length) {
        List<WalEntry> entries = new ArrayList<>();
        for (long index = from; index <= to; index++) {
            entries.add(entry(index, length));
        }
        return entries;
    }

    static void assertHolds(WriteAheadLog log, long first, long last, int length) throws IOException {
        assertThat(log.firstIndex()).isEqualTo(first);
        assertThat(log.lastIndex()).isEqualTo(last);
        for (long index = first; index <= last; index++) {
            assertThat(log.read(index)).as("entry %d", index).isEqualTo(data(index, 1, length));
        }
        assertThat(log.read(first - 1)).isNull();
        assertThat(log.read(last + 1)).isNull();
    }

    /** The segments in a real directory, in order. */
    static List<Path> segments(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .sorted()
                    .toList();
        }
    }

    /** A log on a simulated disk, whose segments are never prepared ahead; salts are the same each time. */
    static WriteAheadLog open(SimulatedDisk disk, long segmentBytes) throws IOException {
        return open(disk, segmentBytes, segmentBytes, task -> new Thread(task));
    }

    static WriteAheadLog open(SimulatedDisk disk, long segmentBytes, long smallSegmentBytes, ThreadFactory threads)
            throws IOException {
        WalEnvironment environment = new WalEnvironment(disk, () -> 0, () -> SALT, threads, smallSegmentBytes);
        return WriteAheadLog.open(DIRECTORY, WalOptions.defaults().withSegmentBytes(segmentBytes), environment);
    }
}
