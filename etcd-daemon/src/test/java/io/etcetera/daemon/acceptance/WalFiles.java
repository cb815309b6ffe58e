package io.etcetera.daemon.acceptance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Does to log segments what crashes and bad disks do. Knows of their format where a record starts and ends, no more. */
final class WalFiles {
    private static final int SEGMENT_HEADER = 64;
    private static final int RECORD_HEADER = 32;
    private static final int LENGTH_AT = 4;
    private static final int KIND_AT = 8;
    private static final int ALIGNMENT = 8;

    private WalFiles() {}

    /** The segments, oldest first. */
    static List<Path> segments(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .sorted()
                    .toList();
        }
    }

    /** Leaves behind the last record what a write cut short leaves: part of a record, or whatever was in the sectors. */
    static void tearTail(Path directory, Random random) throws IOException {
        List<Path> segments = segments(directory);
        try (FileChannel channel = open(segments.get(segments.size() - 1))) {
            long end = endOfRecords(channel);
            ByteBuffer torn = ByteBuffer.allocate(1 + random.nextInt(3_000));
            if (random.nextBoolean() && end > SEGMENT_HEADER) {
                long from = SEGMENT_HEADER;
                channel.read(torn, from);
                torn.flip();
            } else {
                random.nextBytes(torn.array());
            }
            channel.write(torn, end);
        }
    }

    /**
     * Changes one byte in the middle of what the first segment holds: of a record's header, all of which its checksum covers. What
     * fills up behind a record to the next one is covered by nothing, for nobody reads it.
     */
    static void damageMiddle(Path directory, Random random) throws IOException {
        try (FileChannel channel = open(segments(directory).get(0))) {
            long middle = endOfRecords(channel, endOfRecords(channel) / 2) + random.nextInt(RECORD_HEADER);
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, middle);
            one.put(0, (byte) (one.get(0) ^ 0x10)).flip();
            channel.write(one, middle);
        }
    }

    private static FileChannel open(Path segment) throws IOException {
        return FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static long endOfRecords(FileChannel channel) throws IOException {
        return endOfRecords(channel, Long.MAX_VALUE);
    }

    /** The same, of those records that begin in front of {@code limit}. */
    private static long endOfRecords(FileChannel channel, long limit) throws IOException {
        long offset = SEGMENT_HEADER;
        ByteBuffer header = ByteBuffer.allocate(RECORD_HEADER);
        while (offset < limit && channel.read(header.clear(), offset) == RECORD_HEADER && header.get(KIND_AT) != 0) {
            long length = RECORD_HEADER + (long) header.getInt(LENGTH_AT);
            offset += (length + ALIGNMENT - 1) & -ALIGNMENT;
        }
        return offset;
    }
}
