package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.storage.SnapshotThrottle;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.Message;
import io.etcetera.raft.wal.SnapshotMark;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots without content: only the mark is kept, index, term and members. What a snapshot would hold is in the state
 * machine's store, which {@link LogCutter} makes durable before the mark is saved here.
 *
 * <p>The engine calls from several of its threads, but writes one snapshot at a time.
 */
final class VirtualSnapshots implements SnapshotStorage {
    // Never resolved by the engine; but an empty one makes a leader stop itself.
    private static final String URI = "etcetera://state-machine";

    private final SnapshotMark mark;
    private final LogCutter cutter;
    private final Failure failure;
    private volatile @Nullable SnapshotMeta current;

    VirtualSnapshots(SnapshotMark mark, @Nullable SnapshotMeta current, LogCutter cutter, Failure failure) {
        this.mark = mark;
        this.current = current;
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
        SnapshotMeta meta = current;
        return meta == null ? null : new Reader(meta);
    }

    // Without a transport there is nowhere to copy from. The engine answers the leader that it failed.
    @Override
    public @Nullable SnapshotReader copyFrom(String uri, SnapshotCopierOptions options) {
        return null;
    }

    @Override
    public @Nullable SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions options) {
        return null;
    }

    private void save(SnapshotMeta meta) throws IOException {
        IOException problem;
        try {
            if (failure.cause() == null) {
                mark.save(SnapshotMetaCodec.encode(meta));
                current = meta;
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
                save(complete);
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

    private static final class Reader extends SnapshotReader {
        private final SnapshotMeta meta;

        Reader(SnapshotMeta meta) {
            this.meta = meta;
        }

        @Override
        public boolean init(@Nullable Void nothing) {
            return true;
        }

        @Override
        public void shutdown() {
            // Holds nothing.
        }

        @Override
        public SnapshotMeta load() {
            return meta;
        }

        @Override
        public String generateURIForCopy() {
            return URI;
        }

        @Override
        public void close() {
            // Holds nothing.
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
