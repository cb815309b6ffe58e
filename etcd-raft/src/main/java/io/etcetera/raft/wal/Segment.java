package io.etcetera.raft.wal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** One open segment file. The appending thread owns the mutable fields; {@link #readEntry} runs on any thread. */
final class Segment implements Closeable {
    private static final int FIRST_READ_BYTES = 4096;

    private final Path path;
    private final WalFile file;
    private final SegmentHeader header;
    private final long preallocatedBytes;
    private long position = SegmentHeader.BYTES;
    private Run run;

    Segment(Path path, WalFile file, SegmentHeader header) throws IOException {
        this.path = path;
        this.file = file;
        this.header = header;
        this.preallocatedBytes = file.size();
        this.run = new Run(this, header.nextIndex());
    }

    Path path() {
        return path;
    }

    WalFile file() {
        return file;
    }

    SegmentHeader header() {
        return header;
    }

    long preallocatedBytes() {
        return preallocatedBytes;
    }

    /** Where the next record goes. */
    long position() {
        return position;
    }

    void position(long newPosition) {
        position = newPosition;
    }

    /** Its live entries. */
    Run run() {
        return run;
    }

    void run(Run newRun) {
        run = newRun;
    }

    /**
     * Whether so many bytes more may go here. A segment that holds no more than one batch mark takes anything, so that
     * a record larger than a segment has a place.
     */
    boolean hasRoom(long bytes) {
        return position + bytes <= preallocatedBytes || position <= SegmentHeader.BYTES + RecordFormat.BATCH_MARK_BYTES;
    }

    /** Reads and checks the entry at {@code offset}. */
    byte[] readEntry(long index, long offset) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(FIRST_READ_BYTES);
        file.read(start, offset);
        start.flip();
        if (start.remaining() < RecordFormat.HEADER_BYTES) {
            throw new WalCorruptException(path, offset, "expected entry " + index + ", found the end of the file");
        }
        RecordFormat.Header record = RecordFormat.Header.decode(start);
        if (record.kind() != RecordFormat.KIND_ENTRY
                || record.first() != index
                || record.length() < 0
                || (record.length() > start.remaining() && offset + record.recordBytes() > file.size())) {
            throw new WalCorruptException(path, offset, "expected entry " + index + ", found something else");
        }
        byte[] data = new byte[record.length()];
        int present = Math.min(data.length, start.remaining());
        start.get(data, 0, present);
        if (present < data.length) {
            file.read(ByteBuffer.wrap(data, present, data.length - present), offset + FIRST_READ_BYTES);
        }
        int crc = new RecordFormat()
                .begin(header.salt(), offset, record)
                .data(data)
                .value();
        if (crc != record.crc()) {
            throw new WalCorruptException(path, offset, "the checksum of entry " + index + " does not match");
        }
        return data;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Closes all of them, whatever happens, then throws the first failure. */
    static void closeAll(Iterable<? extends Closeable> resources) throws IOException {
        IOException first = null;
        for (Closeable resource : resources) {
            try {
                resource.close();
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
