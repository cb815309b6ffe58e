package io.etcetera.raft.wal;

import static io.etcetera.raft.wal.WalTesting.DIRECTORY;
import static io.etcetera.raft.wal.WalTesting.assertHolds;
import static io.etcetera.raft.wal.WalTesting.data;
import static io.etcetera.raft.wal.WalTesting.entries;
import static io.etcetera.raft.wal.WalTesting.entry;
import static io.etcetera.raft.wal.WalTesting.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a crash may leave is cut off; what it cannot have left is refused, and nothing is touched then. */
final class RecoveryTest {
    private static final int SEGMENT = 4096;
    private static final int LENGTH = 40;
    private static final int ENTRY_BYTES = 32 + LENGTH;
    private static final int MARK_BYTES = 32;

    private final SimulatedDisk disk = new SimulatedDisk();
    private final Random random = new Random(1);

    /** Offset of the last batch in the segment, and behind it. */
    private int lastBatch;

    private int end;

    /** Entries 1 to 3, durable, and a last batch with 4 to 7, all in one segment; the program has died. */
    private Path crashedAfterTwoBatches() throws IOException {
        WriteAheadLog log = open(disk, SEGMENT);
        log.append(entries(1, 3, LENGTH));
        log.append(entries(4, 7, LENGTH));
        disk.killProgram();
        lastBatch = SegmentHeader.BYTES + MARK_BYTES + 3 * ENTRY_BYTES;
        end = lastBatch + MARK_BYTES + 4 * ENTRY_BYTES;
        return disk.lastSegment();
    }

    /** What was acknowledged is there, what follows is whole, and the log goes on. */
    private static void assertRecovers(SimulatedDisk crashed, long lastAcknowledged, long lastWritten)
            throws IOException {
        long last;
        try (WriteAheadLog log = open(crashed, SEGMENT)) {
            last = log.lastIndex();
            assertThat(last).isBetween(lastAcknowledged, lastWritten);
            assertHolds(log, 1, last, LENGTH);
            log.append(List.of(new WalEntry(last + 1, 9, data(last + 1, 1, LENGTH))));
            crashed.losePower(new Random(2), 0.5);
        }
        try (WriteAheadLog log = open(crashed, SEGMENT)) {
            assertHolds(log, 1, last + 1, LENGTH);
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

    @Test
    void lastBatchTornAtEveryByte() throws IOException {
        Path segment = crashedAfterTwoBatches();
        byte[] whole = disk.content(segment);
        for (int cut = lastBatch; cut <= end; cut++) {
            long lastPossible = Math.max(3, 3 + (cut - lastBatch - MARK_BYTES) / ENTRY_BYTES);

            SimulatedDisk shorter = disk.copy();
            shorter.put(segment, Arrays.copyOf(whole, cut));
            assertRecovers(shorter, lastPossible, lastPossible);

            byte[] zeroed = whole.clone();
            Arrays.fill(zeroed, cut, end, (byte) 0);
            SimulatedDisk zeros = disk.copy();
            zeros.put(segment, zeroed);
            assertRecovers(zeros, 3, 7);

            byte[] garbled = whole.clone();
            byte[] garbage = new byte[whole.length - cut];
            random.nextBytes(garbage);
            System.arraycopy(garbage, 0, garbled, cut, garbage.length);
            SimulatedDisk garbageBehind = disk.copy();
            garbageBehind.put(segment, garbled);
            assertRecovers(garbageBehind, 3, 7);
        }
    }

    @Test
    void anyPieceOfTheLastBatchMayBeMissingOrWrong() throws IOException {
        Path segment = crashedAfterTwoBatches();
        for (int at = lastBatch; at < end; at++) {
            byte[] missing = disk.content(segment);
            Arrays.fill(missing, at, Math.min(at + 24, end), (byte) 0);
            SimulatedDisk hole = disk.copy();
            hole.put(segment, missing);
            assertRecovers(hole, 3, 7);

            byte[] flipped = disk.content(segment);
            flipped[at] ^= (byte) (1 << (at % 8));
            SimulatedDisk flip = disk.copy();
            flip.put(segment, flipped);
            assertRecovers(flip, 3, 7);
        }
    }

    @Test
    void anyFlippedBitBeforeTheLastBatchIsDamage() throws IOException {
        Path segment = crashedAfterTwoBatches();
        for (int at = 0; at < lastBatch; at++) {
            if (at >= SegmentHeader.BYTES - Integer.BYTES && at < SegmentHeader.BYTES) {
                continue; // unused, under no checksum
            }
            byte[] bytes = disk.content(segment);
            bytes[at] ^= (byte) (1 << (at % 8));
            SimulatedDisk damaged = disk.copy();
            damaged.put(segment, bytes);
            Map<Path, List<Byte>> before = damaged.contents();
            assertThatThrownBy(() -> open(damaged, SEGMENT))
                    .as("bit flipped at %d", at)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(segment.toString());
            assertThat(damaged.contents()).isEqualTo(before);
        }
    }

    @Test
    void messageSaysWhereAndWhatToDo() throws IOException {
        Path segment = crashedAfterTwoBatches();
        byte[] bytes = disk.content(segment);
        int secondEntry = SegmentHeader.BYTES + MARK_BYTES + ENTRY_BYTES;
        bytes[secondEntry + 50] ^= 1;
        disk.put(segment, bytes);
        assertThatThrownBy(() -> open(disk, SEGMENT))
                .isInstanceOf(WalCorruptException.class)
                .hasMessageContaining(segment + " is damaged at offset " + secondEntry)
                .hasMessageContaining("expected entry 2 of batch 1")
                .hasMessageContaining("begins at offset " + lastBatch)
                .hasMessageContaining("Restore the data directory from a backup")
                .hasMessageContaining("remove this member");
    }

    @Test
    void damagedPageOfZerosInTheMiddleIsDamage() throws IOException {
        Path segment = crashedAfterTwoBatches();
        byte[] bytes = disk.content(segment);
        Arrays.fill(bytes, SegmentHeader.BYTES, lastBatch, (byte) 0);
        disk.put(segment, bytes);
        assertThatThrownBy(() -> open(disk, SEGMENT)).isInstanceOf(WalCorruptException.class);
    }

    @Test
    void afterACleanCloseOrAReopeningTheLastBatchIsProtectedToo() throws IOException {
        Path segment = crashedAfterTwoBatches();
        open(disk, SEGMENT);
        disk.killProgram();
        for (int at = lastBatch; at < end; at++) {
            byte[] bytes = disk.content(segment);
            bytes[at] ^= 1;
            SimulatedDisk damaged = disk.copy();
            damaged.put(segment, bytes);
            assertThatThrownBy(() -> open(damaged, SEGMENT)).isInstanceOf(WalCorruptException.class);
        }
        for (int at = end; at < end + MARK_BYTES; at++) {
            byte[] bytes = disk.content(segment);
            bytes[at] ^= 1;
            SimulatedDisk damagedSeal = disk.copy();
            damagedSeal.put(segment, bytes);
            assertRecovers(damagedSeal, 7, 7);
        }
    }

    @Test
    void sealingHappensOnce() throws IOException {
        crashedAfterTwoBatches();
        open(disk, SEGMENT).close();
        Map<Path, List<Byte>> before = disk.contents();
        open(disk, SEGMENT).close();
        assertThat(disk.contents()).isEqualTo(before);
    }

    @Test
    void missingSegmentsAreNamed() throws IOException {
        try (WriteAheadLog log = open(disk, 1024)) {
            log.append(entries(1, 100, LENGTH));
        }
        List<Path> segments = disk.segments();
        SimulatedDisk withoutFirst = disk.copy();
        withoutFirst.remove(segments.get(0));
        assertThatThrownBy(() -> open(withoutFirst, 1024))
                .isInstanceOf(WalCorruptException.class)
                .hasMessageContaining("expected an earlier segment with the entries from 1 to");
        SimulatedDisk withoutMiddle = disk.copy();
        withoutMiddle.remove(segments.get(4));
        assertThatThrownBy(() -> open(withoutMiddle, 1024))
                .isInstanceOf(WalCorruptException.class)
                .hasMessageContaining(segments.get(5).toString())
                .hasMessageContaining("expected the segment with sequence number 4");
    }

    @Test
    void missingLastSegmentsAreNoticed() throws IOException {
        try (WriteAheadLog log = open(disk, 1024)) {
            log.append(entries(1, 100, LENGTH));
        }
        List<Path> segments = disk.segments();
        disk.remove(segments.get(segments.size() - 1));
        assertThatThrownBy(() -> open(disk, 1024))
                .isInstanceOf(WalCorruptException.class)
                .hasMessageContaining("expected segments up to sequence number " + (segments.size() - 1))
                .hasMessageContaining("the last is number " + (segments.size() - 2));
        segments.forEach(disk::remove);
        assertThatThrownBy(() -> open(disk, 1024))
                .isInstanceOf(WalCorruptException.class)
                .hasMessageContaining("there are none");
    }

    @Test
    void damageInAnEarlierSegmentIsNeverATornTail() throws IOException {
        try (WriteAheadLog log = open(disk, 1024)) {
            log.append(entries(1, 100, LENGTH));
        }
        Path early = disk.segments().get(3);
        byte[] bytes = disk.content(early);
        int lastWord = bytes.length - 1;
        while (bytes[lastWord] == 0) {
            lastWord--;
        }
        bytes[lastWord] ^= 1;
        disk.put(early, bytes);
        assertThatThrownBy(() -> open(disk, 1024))
                .isInstanceOf(WalCorruptException.class)
                .hasMessageContaining(early.toString())
                .hasMessageContaining("yet the next segment");
    }

    @Test
    void segmentUnderAnotherNameIsRefused() throws IOException {
        Path segment = crashedAfterTwoBatches();
        byte[] bytes = disk.content(segment);
        disk.remove(segment);
        disk.put(DIRECTORY.resolve("0000000000000000-0000000000000002.wal"), bytes);
        assertThatThrownBy(() -> open(disk, SEGMENT))
                .isInstanceOf(WalCorruptException.class)
                .hasMessageContaining("belongs to a segment named");
    }

    @Test
    void unknownVersionIsRefusedByName() throws IOException {
        Path segment = crashedAfterTwoBatches();
        byte[] bytes = disk.content(segment);
        bytes[11] = 2;
        disk.put(segment, bytes);
        assertThatThrownBy(() -> open(disk, SEGMENT)).hasMessageContaining("format version 2");
    }

    @Test
    void logBytesInAValueAreNotTakenForALaterBatch() throws IOException {
        SimulatedDisk other = new SimulatedDisk();
        WriteAheadLog source = open(other, SEGMENT);
        for (long index = 1; index <= 20; index++) {
            source.append(List.of(entry(index, 8)));
        }
        byte[] marks = Arrays.copyOfRange(other.content(other.lastSegment()), SegmentHeader.BYTES, 1400);

        WriteAheadLog log = open(disk, SEGMENT);
        log.append(entries(1, 1, LENGTH));
        log.append(List.of(new WalEntry(2, 1, marks)));
        disk.killProgram();
        Path segment = disk.lastSegment();
        byte[] bytes = disk.content(segment);
        bytes[SegmentHeader.BYTES + MARK_BYTES + ENTRY_BYTES] ^= 1;
        disk.put(segment, bytes);
        assertRecovers(disk, 1, 1);
    }

    @Test
    void entriesOfATornBatchNeverComeBack() throws IOException {
        Path segment = crashedAfterTwoBatches();
        byte[] bytes = disk.content(segment);
        bytes[lastBatch + MARK_BYTES] ^= 1;
        disk.put(segment, bytes);
        try (WriteAheadLog log = open(disk, SEGMENT)) {
            assertHolds(log, 1, 3, LENGTH);
        }
        ByteBuffer behind = ByteBuffer.wrap(disk.content(segment)).position(lastBatch + 2 * MARK_BYTES);
        while (behind.hasRemaining()) {
            assertThat(behind.get()).isZero();
        }
    }

    @Test
    void damageFoundByARead() throws IOException {
        try (WriteAheadLog log = open(disk, SEGMENT)) {
            log.append(List.of(entry(1, LENGTH), entry(2, 10_000)));
        }
        WriteAheadLog log = open(disk, SEGMENT);
        Path first = disk.segments().get(0);
        Path second = disk.segments().get(1);
        disk.corrupt(first, SegmentHeader.BYTES + 2 * MARK_BYTES);
        disk.corrupt(second, SegmentHeader.BYTES + MARK_BYTES + 9_000);
        for (long index = 1; index <= 2; index++) {
            long damaged = index;
            assertThatThrownBy(() -> log.read(damaged))
                    .isInstanceOf(WalCorruptException.class)
                    .hasMessageContaining("the checksum of entry " + damaged);
        }
        disk.corrupt(first, SegmentHeader.BYTES + MARK_BYTES + 8);
        assertThatThrownBy(() -> log.read(1)).isInstanceOf(WalCorruptException.class);
    }
}
