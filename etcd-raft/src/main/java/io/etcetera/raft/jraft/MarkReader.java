package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.google.protobuf.Message;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A snapshot that has no content to read: the mark alone. */
sealed class MarkReader extends SnapshotReader permits FetchedSnapshot {
    private final SnapshotMeta meta;

    MarkReader(SnapshotMeta meta) {
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

    /** Never resolved by the engine; but an empty one makes a leader stop itself. The receiver makes its own. */
    @Override
    public String generateURIForCopy() {
        return getPath();
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    @Override
    public String getPath() {
        return VirtualSnapshots.URI;
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
