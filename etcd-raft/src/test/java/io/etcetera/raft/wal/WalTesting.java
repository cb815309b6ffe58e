package io.etcetera.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What the tests of this package share: entries with content that tells index and term, and files to tamper with. */
final class WalTesting {
    private WalTesting() {}

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

    static Path lastSegment(Path directory) throws IOException {
        List<Path> all = segments(directory);
        return all.get(all.size() - 1);
    }

    static void flipBit(Path file, int offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[offset] ^= 4;
        Files.write(file, bytes);
    }
}
