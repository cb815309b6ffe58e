package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import io.etcetera.raft.LogImport;
import io.etcetera.raft.wal.HardState;
import io.etcetera.raft.wal.SnapshotMark;
import io.etcetera.raft.wal.WalEntry;
import io.etcetera.raft.wal.WalOptions;
import io.etcetera.raft.wal.WriteAheadLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A log in the making, written in runs of a few megabytes. */
public final class ImportedLog implements LogImport {
    private static final long RUN_BYTES = 4 << 20;

    private final Path directory;
    private final WriteAheadLog wal;
    private final List<WalEntry> run = new ArrayList<>();
    private long runBytes;

    private ImportedLog(Path directory, WriteAheadLog wal) {
        this.directory = directory;
        this.wal = wal;
    }

    /** See {@link LogImport#into}. */
    public static ImportedLog into(Path directory, long firstIndex) throws IOException {
        WriteAheadLog wal = WriteAheadLog.open(directory, WalOptions.defaults());
        boolean begun = false;
        try {
            if (wal.lastIndex() >= wal.firstIndex()) {
                throw new IOException(directory + " holds a log already");
            }
            wal.reset(firstIndex);
            begun = true;
            return new ImportedLog(directory, wal);
        } finally {
            if (!begun) {
                wal.close();
            }
        }
    }

    @Override
    public void append(long index, long term, byte[] data) throws IOException {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        entry.setData(ByteBuffer.wrap(data));
        run.add(new WalEntry(index, term, EntryCodec.encode(entry)));
        runBytes += data.length;
        if (runBytes >= RUN_BYTES) {
            flush();
        }
    }

    private void flush() throws IOException {
        wal.append(run);
        run.clear();
        runBytes = 0;
    }

    @Override
    public void finish(Base base, long term, long votedFor) throws IOException {
        flush();
        if (base.index() < wal.firstIndex() - 1 || base.index() > wal.lastIndex()) {
            throw new IllegalArgumentException("the state at entry " + base.index()
                    + " does not meet the log of entries " + wal.firstIndex() + " to " + wal.lastIndex());
        }
        HardState.open(directory, true)
                .save(term, votedFor == 0 ? "" : Peers.peer(votedFor).toString());
        if (base.index() > 0) {
            SnapshotMeta.Builder meta =
                    SnapshotMeta.newBuilder().setLastIncludedIndex(base.index()).setLastIncludedTerm(base.term());
            base.voters().forEach(id -> meta.addPeers(Peers.peer(id).toString()));
            base.learners().forEach(id -> meta.addLearners(Peers.peer(id).toString()));
            new Mark(meta.build(), false).save(SnapshotMark.open(directory, true));
        }
    }

    @Override
    public void close() {
        wal.close();
    }
}
