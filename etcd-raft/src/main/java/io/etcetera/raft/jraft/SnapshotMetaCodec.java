package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The mark up to which the state machine stands in for the log, as bytes: a version, index and term, then voters, old
 * voters, learners and old learners, each an int count and member IDs, all big-endian. On disk a byte follows, 1 if the
 * mark came with another member's state; a mark without it was made here.
 *
 * <p>Not protobuf: the engine's generated parsers are so old that protobuf-java logs a warning at their first use.
 */
final class SnapshotMetaCodec {
    private static final byte VERSION = 1;

    private SnapshotMetaCodec() {}

    static byte[] encode(SnapshotMeta meta) {
        int members =
                meta.getPeersCount() + meta.getOldPeersCount() + meta.getLearnersCount() + meta.getOldLearnersCount();
        ByteBuffer out = ByteBuffer.allocate(1 + 2 * Long.BYTES + 4 * Integer.BYTES + members * Long.BYTES);
        out.put(VERSION).putLong(meta.getLastIncludedIndex()).putLong(meta.getLastIncludedTerm());
        put(out, meta.getPeersList());
        put(out, meta.getOldPeersList());
        put(out, meta.getLearnersList());
        put(out, meta.getOldLearnersList());
        return out.array();
    }

    static byte[] encodeMark(Mark mark) {
        byte[] meta = encode(mark.meta());
        byte[] all = Arrays.copyOf(meta, meta.length + 1);
        all[meta.length] = (byte) (mark.installed() ? 1 : 0);
        return all;
    }

    /** @throws IOException if the bytes are not such a mark */
    static SnapshotMeta decode(byte[] bytes) throws IOException {
        return decode(ByteBuffer.wrap(bytes));
    }

    /** @throws IOException if the bytes are not such a mark */
    static Mark decodeMark(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        SnapshotMeta meta = decode(in);
        return new Mark(meta, in.hasRemaining() && in.get() != 0);
    }

    private static SnapshotMeta decode(ByteBuffer in) throws IOException {
        try {
            byte version = in.get();
            if (version != VERSION) {
                throw new IOException("the snapshot mark is of unknown version " + version);
            }
            SnapshotMeta.Builder meta = SnapshotMeta.newBuilder();
            meta.setLastIncludedIndex(in.getLong()).setLastIncludedTerm(in.getLong());
            get(in, meta::addPeers);
            get(in, meta::addOldPeers);
            get(in, meta::addLearners);
            get(in, meta::addOldLearners);
            return meta.build();
        } catch (BufferUnderflowException e) {
            throw new IOException("the snapshot mark is cut short", e);
        }
    }

    private static void put(ByteBuffer out, List<String> peers) {
        out.putInt(peers.size());
        peers.forEach(peer -> out.putLong(Peers.memberId(PeerId.parsePeer(peer))));
    }

    private static void get(ByteBuffer in, Consumer<String> peers) {
        for (int left = in.getInt(); left > 0; left--) {
            peers.accept(Peers.peer(in.getLong()).toString());
        }
    }
}
