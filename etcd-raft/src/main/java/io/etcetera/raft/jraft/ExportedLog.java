package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.PeerId;
import io.etcetera.raft.LogExport;
import io.etcetera.raft.wal.HardState;
import io.etcetera.raft.wal.WalOptions;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A log that is open for reading. */
public final class ExportedLog implements LogExport {
    private static final byte[] NOTHING = {};

    private final WriteAheadLog wal;
    private final long term;
    private final long votedFor;

    private ExportedLog(WriteAheadLog wal, HardState hardState) {
        this.wal = wal;
        this.term = hardState.term();
        String vote = hardState.votedFor();
        this.votedFor = vote.isEmpty() ? 0 : Peers.memberId(PeerId.parsePeer(vote));
    }

    /** See {@link LogExport#open}. */
    public static ExportedLog open(Path directory) throws IOException {
        WriteAheadLog wal = WriteAheadLog.open(directory, WalOptions.defaults());
        boolean opened = false;
        try {
            ExportedLog log = new ExportedLog(wal, HardState.open(directory, true));
            opened = true;
            return log;
        } finally {
            if (!opened) {
                wal.close();
            }
        }
    }

    @Override
    public long firstIndex() {
        return wal.firstIndex();
    }

    @Override
    public long lastIndex() {
        return wal.lastIndex();
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public long votedFor() {
        return votedFor;
    }

    @Override
    public void forEach(long from, Visitor visitor) throws IOException {
        for (long index = from; index <= wal.lastIndex(); index++) {
            byte[] record = wal.read(index);
            if (record == null) {
                throw new IOException("entry " + index + " of the log is missing");
            }
            LogEntry entry = EntryCodec.decode(index, record);
            visitor.visit(index, entry.getId().getTerm(), dataOf(entry));
        }
    }

    private static byte[] dataOf(LogEntry entry) {
        if (entry.getType() != EntryType.ENTRY_TYPE_DATA) {
            return NOTHING;
        }
        ByteBuffer data = entry.getData().duplicate();
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        wal.close();
    }
}
