package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;

/** Another member's mark, whose state has been fetched and waits to be put in place. */
final class FetchedSnapshot extends MarkReader {

    FetchedSnapshot(SnapshotMeta meta) {
        super(meta);
    }
}
