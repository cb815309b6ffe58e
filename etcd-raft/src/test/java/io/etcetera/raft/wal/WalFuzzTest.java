package io.etcetera.raft.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.testing.fuzz.Fuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a log after somebody has had his way with them: they are read, or refused by name. */
class WalFuzzTest {
    private static final long SEGMENT_BYTES = 4 << 10;
    private static final int CRC_AT = 56;
    private static final int SALT_AT = 48;

    @TempDir
    Path directory;

    @BeforeEach
    void quiet() {
        WalTesting.logWarnings(false);
    }

    @AfterEach
    void loud() {
        WalTesting.logWarnings(true);
    }

    private byte[] segment(long from, long to) throws IOException {
        Path place = directory.resolve("sample-" + from);
        // With the same salt each time, for the inputs are made of it.
        WalEnvironment environment =
                new WalEnvironment(new NioWalFiles(false), () -> 0, () -> WalTesting.SALT, Thread::new, SEGMENT_BYTES);
        try (WriteAheadLog log = WriteAheadLog.open(place, WalTesting.options(SEGMENT_BYTES), environment)) {
            log.append(WalTesting.entries(1, from, 10));
            log.append(WalTesting.entries(from + 1, to, 60));
            log.truncateSuffix(to - 1);
        }
        return Files.readAllBytes(WalTesting.segments(place).get(0));
    }

    /** Checksums that fit what they stand for, as far as the records can be followed. */
    private static byte[] withChecksums(byte[] file) {
        if (file.length < SegmentHeader.BYTES) {
            return file;
        }
        ByteBuffer bytes = ByteBuffer.wrap(file);
        CRC32C crc = new CRC32C();
        crc.update(file, 0, CRC_AT);
        bytes.putInt(CRC_AT, (int) crc.getValue());
        long salt = bytes.getLong(SALT_AT);
        int at = SegmentHeader.BYTES;
        while (at + RecordFormat.HEADER_BYTES <= file.length) {
            RecordFormat.Header header =
                    RecordFormat.Header.decode(bytes.duplicate().position(at));
            long next = at + header.recordBytes();
            if (!header.isPlausible() || next > file.length) {
                break;
            }
            RecordFormat format = new RecordFormat()
                    .begin(salt, at, header)
                    .data(bytes.slice(at + RecordFormat.HEADER_BYTES, header.length()));
            bytes.putInt(at, format.value());
            at = (int) next;
        }
        return file;
    }

    /** The name that the header asks for: another one is refused at once. */
    private static String name(byte[] file) {
        if (file.length < SegmentHeader.BYTES) {
            return "0000000000000000-0000000000000001.wal";
        }
        ByteBuffer bytes = ByteBuffer.wrap(file);
        return new SegmentHeader(bytes.getLong(16), 0, bytes.getLong(32), 0, 0).fileName();
    }

    private static void readAll(Path place) throws IOException {
        try (WriteAheadLog log = WriteAheadLog.open(place, WalTesting.options(SEGMENT_BYTES))) {
            assertThat(log.firstIndex()).isLessThanOrEqualTo(log.lastIndex() + 1);
            for (long index = log.firstIndex(); index <= log.lastIndex(); index++) {
                assertThat(log.read(index)).isNotNull();
            }
        }
    }

    private static void empty(Path place) throws IOException {
        Files.createDirectories(place);
        try (var files = Files.list(place)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
    }

    @Test
    void segments() throws IOException {
        Path place = directory.resolve("wal");

        Fuzz.of("log segments")
                .samples(List.of(segment(3, 12), segment(1, 40)))
                .repairing(WalFuzzTest::withChecksums)
                .maxBytes((int) SEGMENT_BYTES)
                .refusing(IOException.class)
                .run(file -> {
                    empty(place);
                    Files.write(place.resolve(name(file)), file);
                    readAll(place);
                });
    }

    @Test
    void hardState() throws IOException {
        Path place = directory.resolve("state");
        Files.createDirectories(place);
        HardState.open(place, false).save(7, "10.0.0.1:2380");
        Path file;
        try (var files = Files.list(place)) {
            file = files.findFirst().orElseThrow();
        }
        byte[] sample = Files.readAllBytes(file);

        Fuzz.of("hard state")
                .samples(sample)
                .repairing(WalFuzzTest::withRecordChecksum)
                .refusing(IOException.class)
                .run(content -> {
                    Files.write(file, content);
                    HardState.open(place, false);
                });
    }

    private static byte[] withRecordChecksum(byte[] file) {
        if (file.length < 20) {
            return file;
        }
        ByteBuffer bytes = ByteBuffer.wrap(file).putInt(12, file.length - 20);
        CRC32C crc = new CRC32C();
        crc.update(file, 0, 16);
        crc.update(file, 20, file.length - 20);
        bytes.putInt(16, (int) crc.getValue());
        return file;
    }
}
