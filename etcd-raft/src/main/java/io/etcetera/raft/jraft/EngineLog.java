package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.storage.LogManager;
import org.jspecify.annotations.Nullable;

/**
 * The log as the engine sees it, which is ahead of the files: entries that it has taken are here before they are written,
 * and those that they replace are gone before the files have let go of them. With other voters, entries are committed that this
 * member has not written yet, so what is committed can only be looked up here.
 */
final class EngineLog {
    private volatile @Nullable NodeImpl engine;

    /** Names the engine, before it starts. */
    void open(NodeImpl starting) {
        engine = starting;
    }

    /** An entry, read from the files if need be; null if there is none. On the engine's own threads, which it starts later. */
    @Nullable
    LogEntry entry(long index) {
        NodeImpl opened = engine;
        LogManager log = opened == null ? null : NodeFields.log(opened);
        return log == null ? null : log.getEntry(index);
    }
}
