package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log entry as the bytes of one record of the write-ahead log, big-endian:
 *
 * <pre>
 *   byte  kind        1 data, 2 configuration, 3 no-op; plus 0x80 if a checksum follows the term
 *   long  term
 *   long  checksum    the engine's own, end to end; only with 0x80
 *   data:             the proposal's bytes, to the end
 *   configuration:    voters, old voters, learners, old learners; each an int count (-1 for none) and member IDs
 * </pre>
 *
 * The index is the record's place in the log, and damage on disk is the write-ahead log's to find.
 */
final class EntryCodec {
    private static final int KIND_DATA = 1;
    private static final int KIND_CONFIGURATION = 2;
    private static final int KIND_NO_OP = 3;
    private static final int WITH_CHECKSUM = 0x80;
    private static final int ABSENT = -1;

    private EntryCodec() {}

    static byte[] encode(LogEntry entry) {
        ByteBuffer data = dataOf(entry);
        boolean configuration = entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION;
        int size = 1 + Long.BYTES + (entry.hasChecksum() ? Long.BYTES : 0);
        size += configuration ? membersSize(entry) : data.remaining();

        ByteBuffer out = ByteBuffer.allocate(size);
        out.put((byte) (kindOf(entry.getType()) | (entry.hasChecksum() ? WITH_CHECKSUM : 0)));
        out.putLong(entry.getId().getTerm());
        if (entry.hasChecksum()) {
            out.putLong(entry.getChecksum());
        }
        if (configuration) {
            putPeers(out, entry.getPeers());
            putPeers(out, entry.getOldPeers());
            putPeers(out, entry.getLearners());
            putPeers(out, entry.getOldLearners());
        } else {
            out.put(data);
        }
        return out.array();
    }

    /**
     * The entry at an index of the files; null if there is none.
     *
     * @throws IOException if it cannot be read, or is not an entry
     */
    static @Nullable LogEntry read(WriteAheadLog wal, long index) throws IOException {
        byte[] record = wal.read(index);
        return record == null ? null : decode(index, record);
    }

    /** @throws IOException if the bytes are not an entry: the log was written by something else */
    static LogEntry decode(long index, byte[] record) throws IOException {
        try {
            ByteBuffer in = ByteBuffer.wrap(record);
            int kind = in.get() & 0xff;
            LogEntry entry = new LogEntry(typeOf(kind & ~WITH_CHECKSUM, index));
            entry.setId(new LogId(index, in.getLong()));
            if ((kind & WITH_CHECKSUM) != 0) {
                entry.setChecksum(in.getLong());
            }
            if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
                entry.setPeers(getPeers(in));
                entry.setOldPeers(getPeers(in));
                entry.setLearners(getPeers(in));
                entry.setOldLearners(getPeers(in));
            } else {
                entry.setData(in.slice());
            }
            return entry;
        } catch (BufferUnderflowException e) {
            throw new IOException("entry " + index + " of the log is cut short", e);
        }
    }

    /** Whether the record holds a proposal, found without decoding it. */
    static boolean isData(byte[] record) {
        return record.length > 0 && (record[0] & ~WITH_CHECKSUM & 0xff) == KIND_DATA;
    }

    // A view of its own: the engine hands the entry's live buffer to other threads at the same time.
    private static ByteBuffer dataOf(LogEntry entry) {
        ByteBuffer data = entry.getData();
        return data == null ? LogEntry.EMPTY_DATA.duplicate() : data.duplicate();
    }

    private static int kindOf(EntryType type) {
        return switch (type) {
            case ENTRY_TYPE_DATA -> KIND_DATA;
            case ENTRY_TYPE_CONFIGURATION -> KIND_CONFIGURATION;
            case ENTRY_TYPE_NO_OP -> KIND_NO_OP;
            case ENTRY_TYPE_UNKNOWN -> throw new IllegalArgumentException("an entry without a type");
        };
    }

    private static EntryType typeOf(int kind, long index) throws IOException {
        return switch (kind) {
            case KIND_DATA -> EntryType.ENTRY_TYPE_DATA;
            case KIND_CONFIGURATION -> EntryType.ENTRY_TYPE_CONFIGURATION;
            case KIND_NO_OP -> EntryType.ENTRY_TYPE_NO_OP;
            default -> throw new IOException("entry " + index + " of the log is of an unknown kind: " + kind);
        };
    }

    private static int membersSize(LogEntry entry) {
        return peersSize(entry.getPeers())
                + peersSize(entry.getOldPeers())
                + peersSize(entry.getLearners())
                + peersSize(entry.getOldLearners());
    }

    private static int peersSize(@Nullable List<PeerId> peers) {
        return Integer.BYTES + (peers == null ? 0 : peers.size() * Long.BYTES);
    }

    private static void putPeers(ByteBuffer out, @Nullable List<PeerId> peers) {
        if (peers == null) {
            out.putInt(ABSENT);
            return;
        }
        out.putInt(peers.size());
        peers.forEach(peer -> out.putLong(Peers.memberId(peer)));
    }

    private static @Nullable List<PeerId> getPeers(ByteBuffer in) {
        int count = in.getInt();
        if (count == ABSENT) {
            return null;
        }
        List<PeerId> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(Peers.peer(in.getLong()));
        }
        return peers;
    }
}
