package io.etcetera.raft.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first 64 bytes of a segment: durable before the file gets its final name, so it is never torn. The file is named
 * {@code <sequence>-<next index>.wal}, both as 16 hexadecimal digits.
 *
 * <pre>
 *  offset  bytes
 *       0      8  magic
 *       8      4  format version
 *      12      4  0
 *      16      8  sequence: 0 for the first segment ever, then without gaps
 *      24      8  first index that the log held when the segment was made
 *      32      8  index that the log continued at
 *      40      8  number of the segment's first batch
 *      48      8  salt, random
 *      56      4  CRC32C of all before
 *      60      4  0
 * </pre>
 *
 * @param sequence place among the segments
 * @param firstIndex first index that the log held when the segment was made
 * @param nextIndex index that the log continued at
 * @param batch number of the first batch in the segment
 * @param salt enters the checksum of each record
 */
record SegmentHeader(long sequence, long firstIndex, long nextIndex, long batch, long salt) {
    static final int BYTES = 64;

    private static final long MAGIC = 0x65_74_63_65_57_41_4c_0aL;
    private static final int VERSION = 1;
    private static final int CRC_OFFSET = 56;
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.wal");

    static boolean isSegmentName(String name) {
        return NAME.matcher(name).matches();
    }

    String fileName() {
        return String.format(Locale.ROOT, "%016x-%016x.wal", sequence, nextIndex);
    }

    ByteBuffer encode() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES)
                .putLong(MAGIC)
                .putInt(VERSION)
                .putInt(0)
                .putLong(sequence)
                .putLong(firstIndex)
                .putLong(nextIndex)
                .putLong(batch)
                .putLong(salt);
        return buffer.putInt(crc(buffer.array())).putInt(0).flip();
    }

    /** Reads the header of a segment and compares it with the name. */
    static SegmentHeader read(Path path, WalFile file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES);
        int count = file.read(buffer, 0);
        if (count < BYTES) {
            throw new WalCorruptException(path, 0, "expected a segment header of 64 bytes, the file has " + count);
        }
        buffer.flip();
        if (buffer.getLong() != MAGIC) {
            throw new WalCorruptException(path, 0, "expected the magic number of a log segment");
        }
        int version = buffer.getInt();
        if (version == VERSION && buffer.getInt(CRC_OFFSET) != crc(buffer.array())) {
            throw new WalCorruptException(path, 0, "the checksum of the segment header does not match");
        }
        if (version != VERSION) {
            throw new IOException(path + " has format version " + version + ", this program knows version " + VERSION);
        }
        buffer.getInt();
        SegmentHeader header = new SegmentHeader(
                buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
        if (!header.isPlausible()) {
            throw new WalCorruptException(path, 0, "the segment header states bounds that no log can have: " + header);
        }
        @Nullable Path name = path.getFileName();
        if (name == null || !header.fileName().equals(name.toString())) {
            throw new WalCorruptException(path, 0, "the header belongs to a segment named " + header.fileName());
        }
        return header;
    }

    private boolean isPlausible() {
        return sequence >= 0 && firstIndex >= 0 && nextIndex >= firstIndex && batch >= 0;
    }

    /** The sequence number in a segment's name. */
    static long sequenceOf(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a segment name: " + name);
        }
        return Long.parseUnsignedLong(matcher.group(1), 16);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CRC_OFFSET);
        return (int) crc.getValue();
    }
}
