package io.etcetera.server.migrate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.proto.walpb.Record;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads the records of one file of a write-ahead log of the Go etcd, from its beginning.
 *
 * <p>A record stands behind 8 bytes, little-endian: its length in the lower 56 bits; if the highest bit is set, the number of bytes that
 * fill it up to a multiple of 8 in bits 56 to 58. A length of 0 is the end. Each record has the CRC-32C over the data of all records so
 * far, in this file and those before, except that one of type {@link #CRC} says from which value to go on.
 *
 * <p>The last file may end in a record that was not written in full when the machine stopped: one that is longer than what is left of
 * the file, or that does not match its checksum and has a disk sector of zeros. It was never acknowledged.
 */
final class GoWalFile {
    static final int METADATA = 1;
    static final int ENTRY = 2;
    static final int STATE = 3;
    static final int CRC = 4;
    static final int SNAPSHOT = 5;

    static final int FRAME_BYTES = 8;
    private static final int LENGTH_BITS = 56;
    private static final int PADDING_MASK = 7;
    private static final int SECTOR_BYTES = 512;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Path file;
    private final boolean last;
    private final RunningCrc crc;
    private final long size;
    private long offset;

    /**
     * Reads nothing yet.
     *
     * @param crc as the files before have left it
     */
    GoWalFile(Path file, boolean last, RunningCrc crc) throws IOException {
        this.file = file;
        this.last = last;
        this.crc = crc;
        this.size = Files.size(file);
    }

    /** Is given the records in order. */
    interface Visitor {
        /**
         * Takes a record.
         *
         * @param at where it begins in the file
         * @throws MigrationException if it is not what can stand there
         */
        void visit(Record record, long at) throws IOException;
    }

    /**
     * Visits all records but those of checksums.
     *
     * @return where the file ends in a record that was not written in full; -1 if it does not
     * @throws MigrationException if the file is damaged
     */
    long read(Visitor visitor) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
            while (offset < size) {
                if (size - offset < FRAME_BYTES) {
                    return torn("the file ends in the length of a record");
                }
                long word = Long.reverseBytes(in.readLong());
                if (word == 0) {
                    return -1;
                }
                long length = word & ((1L << LENGTH_BITS) - 1);
                int padding = word < 0 ? (int) (word >>> LENGTH_BITS) & PADDING_MASK : 0;
                if (length > Integer.MAX_VALUE - PADDING_MASK || length > size - offset - FRAME_BYTES - padding) {
                    return torn("a record has " + length + " bytes, which is more than the rest of the file");
                }
                byte[] bytes = in.readNBytes((int) length + padding);
                String problem = take(bytes, (int) length, visitor);
                if (!problem.isEmpty()) {
                    if (hasEmptySector(bytes)) {
                        return torn(problem);
                    }
                    throw damaged(problem);
                }
                offset += FRAME_BYTES + bytes.length;
            }
            return -1;
        }
    }

    /** What is wrong with the record; nothing if it has been visited. */
    private String take(byte[] bytes, int length, Visitor visitor) throws IOException {
        Record record;
        try {
            record = Record.parser().parseFrom(bytes, 0, length);
        } catch (InvalidProtocolBufferException e) {
            return "a record cannot be read (" + e.getMessage() + ")";
        }
        if (record.getType() == CRC) {
            if (crc.value() != 0 && crc.value() != record.getCrc()) {
                throw damaged("the file does not follow the one before: its checksum goes on from another value");
            }
            crc.set(record.getCrc());
            return "";
        }
        int before = crc.value();
        if (crc.update(record.getData().toByteArray()) != record.getCrc()) {
            crc.set(before);
            return "a record does not match its checksum";
        }
        visitor.visit(record, offset);
        return "";
    }

    private boolean hasEmptySector(byte[] bytes) {
        int from = 0;
        while (from < bytes.length) {
            int inSector = (int) ((offset + FRAME_BYTES + from) % SECTOR_BYTES);
            int to = Math.min(bytes.length, from + SECTOR_BYTES - inSector);
            boolean empty = true;
            for (int i = from; i < to && empty; i++) {
                empty = bytes[i] == 0;
            }
            if (empty) {
                return true;
            }
            from = to;
        }
        return false;
    }

    private long torn(String what) throws MigrationException {
        if (last) {
            return offset;
        }
        throw damaged(what);
    }

    private MigrationException damaged(String what) {
        return damaged(file, offset, what);
    }

    static MigrationException damaged(Path file, long at, String what) {
        return new MigrationException(file + " is damaged at offset " + at + ": " + what
                + ". Restore the member from a snapshot, or remove it from the cluster and add it again");
    }
}
