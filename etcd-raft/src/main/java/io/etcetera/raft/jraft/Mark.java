package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import io.etcetera.raft.wal.SnapshotMark;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mark as it is kept beside the log.
 *
 * @param installed whether it came with a full copy of another member's state. Then the log may still end before it, if
 *     the member died before the log was begun anew
 */
record Mark(SnapshotMeta meta, boolean installed) {

    static @Nullable Mark load(SnapshotMark file) throws IOException {
        byte[] bytes = file.load();
        return bytes == null ? null : SnapshotMetaCodec.decodeMark(bytes);
    }

    void save(SnapshotMark file) throws IOException {
        file.save(SnapshotMetaCodec.encodeMark(this));
    }

    long index() {
        return meta.getLastIncludedIndex();
    }

    Configuration members() {
        return new Configuration(peers(meta.getPeersList()), peers(meta.getLearnersList()));
    }

    boolean joint() {
        return meta.getOldPeersCount() > 0;
    }

    private static List<PeerId> peers(List<String> names) {
        return names.stream().map(PeerId::parsePeer).toList();
    }
}
