package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.Message;
import io.etcetera.raft.StateMachine;
import io.etcetera.raft.wal.SnapshotMark;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots without content: only the mark is kept, index, term and members. What a snapshot would hold is in the state
 * machine's store, which {@link LogCutter} makes durable before the mark is saved here.
 *
 * <p>The engine calls from several of its threads, but writes one snapshot at a time.
 */
final class VirtualSnapshots implements SnapshotStorage {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualSnapshots.class);

    static final String URI = "etcetera://state-machine";

    private final SnapshotMark mark;
    private final LogCutter cutter;
    private final StateMachine stateMachine;
    private final Failure failure;
    private volatile @Nullable Mark current;

    VirtualSnapshots(
            SnapshotMark mark, @Nullable Mark current, LogCutter cutter, StateMachine stateMachine, Failure failure) {
        this.mark = mark;
        this.current = current;
        this.stateMachine = stateMachine;
        this.cutter = cutter;
        this.failure = failure;
    }

    @Override
    public boolean init(@Nullable Void nothing) {
        return true;
    }

    @Override
    public void shutdown() {
        // The owner of the file closes it.
    }

    @Override
    public boolean setFilterBeforeCopyRemote() {
        return true;
    }

    @Override
    public void setSnapshotThrottle(SnapshotThrottle throttle) {
        // Nothing is copied here.
    }

    @Override
    public SnapshotWriter create() {
        return new Writer();
    }

    /** Null only while the log is whole: nobody needs a snapshot then. */
    @Override
    public @Nullable SnapshotReader open() {
        Mark latest = current;
        return latest == null ? null : new MarkReader(latest.meta());
    }

    /** Names a leader's state and its mark, for {@link #startToCopyFrom}: the engine passes on nothing else. */
    static String uriOf(String leader, SnapshotMeta meta) {
        return leader + '/' + HexFormat.of().formatHex(SnapshotMetaCodec.encode(meta));
    }

    @Override
    public SnapshotReader copyFrom(String uri, SnapshotCopierOptions options) {
        throw new UnsupportedOperationException("the engine copies without waiting");
    }

    @Override
    public @Nullable SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions options) {
        int slash = uri.indexOf('/');
        long leaderId = Peers.memberId(PeerId.parsePeer(uri.substring(0, slash)));
        try {
            SnapshotMeta meta = SnapshotMetaCodec.decode(HexFormat.of().parseHex(uri.substring(slash + 1)));
            StateCopier copier = new StateCopier(leaderId, meta, stateMachine);
            copier.start();
            return copier;
        } catch (IOException e) {
            LOG.warn("a leader offers its state without a mark", e);
            return null;
        }
    }

    /** Takes over the mark of a state that has just been put in place. */
    void installed(SnapshotMeta meta) throws IOException {
        save(meta, true);
    }

    /** The latest mark, null while the log is whole. */
    @Nullable
    Mark current() {
        return current;
    }

    private void save(SnapshotMeta meta, boolean installed) throws IOException {
        IOException problem;
        try {
            if (failure.cause() == null) {
                Mark saved = new Mark(meta, installed);
                saved.save(mark);
                current = saved;
                cutter.marked(meta.getLastIncludedIndex());
                return;
            }
            problem = new IOException("the member has failed");
        } catch (IOException e) {
            failure.report("the snapshot mark cannot be written", e);
            problem = e;
        }
        throw problem;
    }

    private final class Writer extends SnapshotWriter {
        private @Nullable SnapshotMeta meta;

        @Override
        public boolean init(@Nullable Void nothing) {
            return true;
        }

        @Override
        public void shutdown() {
            // Holds nothing.
        }

        @Override
        public boolean saveMeta(SnapshotMeta newMeta) {
            meta = newMeta;
            return true;
        }

        @Override
        public void close() throws IOException {
            close(false);
        }

        @Override
        public void close(boolean keepDataOnError) throws IOException {
            SnapshotMeta complete = meta;
            if (isOk() && complete != null) {
                save(complete, false);
            }
        }

        @Override
        public boolean addFile(String name, @Nullable Message fileMeta) {
            return true;
        }

        @Override
        public boolean removeFile(String name) {
            return true;
        }

        @Override
        public String getPath() {
            return URI;
        }

        @Override
        public Set<String> listFiles() {
            return Set.of();
        }

        @Override
        public @Nullable Message getFileMeta(String name) {
            return null;
        }
    }
}
