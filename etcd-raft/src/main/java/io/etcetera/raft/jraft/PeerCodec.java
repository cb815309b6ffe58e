package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.RaftOutter.EntryMeta;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The engine's requests as bytes, big-endian:
 *
 * <pre>
 *   int   checksum of all that follows, CRC-32C
 *   byte  kind
 *   long  term            (not of a read index)
 *   vote:      long last log term, long last log index, byte 1 if only asking
 *   append:    long previous term, long previous index, long committed index, byte 1 if data is present,
 *              int entry count, then for each: byte type, long term, int length, and for a configuration
 *              voters, old voters, learners, old learners, each an int count and member IDs; then the data of all
 *   snapshot:  the mark ({@link SnapshotMetaCodec}), preceded by its int length
 *   take over: nothing more
 *   read:      nothing more
 * </pre>
 *
 * Who sends to whom, and in which cluster, is the transport's to know; it is filled in on arrival.
 *
 * <p>Not protobuf: the engine's generated parsers are so old that protobuf-java logs a warning at their first use, and
 * they copy every entry.
 */
final class PeerCodec {
    private static final byte VOTE = 1;
    private static final byte APPEND = 2;
    private static final byte SNAPSHOT = 3;
    private static final byte TAKE_OVER = 4;
    private static final byte READ = 5;

    private PeerCodec() {}

    /** @throws IllegalArgumentException if it is no request that one member sends another */
    static byte[] encode(Object request) {
        if (request instanceof AppendEntriesRequest append) {
            return encodeAppend(append);
        }
        WireBuffer out = new WireBuffer();
        if (request instanceof RequestVoteRequest vote) {
            out.putByte(VOTE).putLong(vote.getTerm());
            out.putLong(vote.getLastLogTerm()).putLong(vote.getLastLogIndex()).putBoolean(vote.getPreVote());
        } else if (request instanceof InstallSnapshotRequest install) {
            out.putByte(SNAPSHOT).putLong(install.getTerm()).putBytes(SnapshotMetaCodec.encode(install.getMeta()));
        } else if (request instanceof TimeoutNowRequest takeOver) {
            out.putByte(TAKE_OVER).putLong(takeOver.getTerm());
        } else if (request instanceof ReadIndexRequest) {
            out.putByte(READ);
        } else {
            throw new IllegalArgumentException("not sent between members: " + request.getClass());
        }
        return out.finish();
    }

    /** Says, as a heartbeat does, that the entry of this index and term is committed; {@code term} is the sender's. */
    static byte[] encodeCommitted(long term, long index, long entryTerm) {
        WireBuffer out = new WireBuffer();
        out.putByte(APPEND).putLong(term).putLong(entryTerm).putLong(index).putLong(index);
        out.putBoolean(false).putInt(0);
        return out.finish();
    }

    private static byte[] encodeAppend(AppendEntriesRequest append) {
        WireBuffer out = new WireBuffer(append.getData().size() + append.getEntriesCount() * 16 + 64);
        out.putByte(APPEND).putLong(append.getTerm());
        out.putLong(append.getPrevLogTerm()).putLong(append.getPrevLogIndex()).putLong(append.getCommittedIndex());
        out.putBoolean(append.hasData()).putInt(append.getEntriesCount());
        for (EntryMeta entry : append.getEntriesList()) {
            out.putByte((byte) entry.getType().getNumber())
                    .putLong(entry.getTerm())
                    .putInt((int) entry.getDataLen());
            if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
                out.putPeers(entry.getPeersList()).putPeers(entry.getOldPeersList());
                out.putPeers(entry.getLearnersList()).putPeers(entry.getOldLearnersList());
            }
        }
        // Copied here: the engine takes the buffer back when it gives up waiting for the answer.
        out.put(append.getData().asReadOnlyByteBuffer());
        return out.finish();
    }

    /**
     * @param group the cluster's name
     * @param from the sender
     * @param to this member
     * @throws IOException if the bytes are damaged or not a request
     */
    static Message decode(byte[] message, String group, String from, String to) throws IOException {
        return WireBuffer.read(message, in -> {
            byte kind = in.get();
            return switch (kind) {
                case VOTE ->
                    RequestVoteRequest.newBuilder()
                            .setGroupId(group)
                            .setServerId(from)
                            .setPeerId(to)
                            .setTerm(in.getLong())
                            .setLastLogTerm(in.getLong())
                            .setLastLogIndex(in.getLong())
                            .setPreVote(in.get() != 0)
                            .build();
                case APPEND -> decodeAppend(in, group, from, to);
                case SNAPSHOT -> decodeSnapshot(in, group, from, to);
                case TAKE_OVER ->
                    TimeoutNowRequest.newBuilder()
                            .setGroupId(group)
                            .setServerId(from)
                            .setPeerId(to)
                            .setTerm(in.getLong())
                            .build();
                case READ ->
                    ReadIndexRequest.newBuilder()
                            .setGroupId(group)
                            .setServerId(from)
                            .setPeerId(to)
                            .build();
                default -> throw new IOException("a message of unknown kind " + kind);
            };
        });
    }

    private static Message decodeSnapshot(ByteBuffer in, String group, String from, String to) throws IOException {
        long term = in.getLong();
        SnapshotMeta meta = SnapshotMetaCodec.decode(WireBuffer.getBytes(in));
        return InstallSnapshotRequest.newBuilder()
                .setGroupId(group)
                .setServerId(from)
                .setPeerId(to)
                .setTerm(term)
                .setMeta(meta)
                .setUri(VirtualSnapshots.uriOf(from, meta))
                .build();
    }

    private static Message decodeAppend(ByteBuffer in, String group, String from, String to) throws IOException {
        AppendEntriesRequest.Builder append = AppendEntriesRequest.newBuilder()
                .setGroupId(group)
                .setServerId(from)
                .setPeerId(to)
                .setTerm(in.getLong())
                .setPrevLogTerm(in.getLong())
                .setPrevLogIndex(in.getLong())
                .setCommittedIndex(in.getLong());
        boolean hasData = in.get() != 0;
        int count = in.getInt();
        List<EntryMeta> entries = new ArrayList<>();
        long length = 0;
        for (int i = 0; i < count; i++) {
            EntryMeta entry = decodeEntry(in);
            length += entry.getDataLen();
            entries.add(entry);
        }
        if (length != in.remaining()) {
            throw new IOException("entries of " + length + " bytes with " + in.remaining() + " bytes of data");
        }
        if (hasData) {
            ByteString data = UnsafeByteOperations.unsafeWrap(in);
            append.setData(data);
        }
        return append.addAllEntries(entries).build();
    }

    private static EntryMeta decodeEntry(ByteBuffer in) throws IOException {
        EntryType type = EntryType.forNumber(in.get());
        if (type == null) {
            throw new IOException("an entry of unknown type");
        }
        EntryMeta.Builder entry =
                EntryMeta.newBuilder().setType(type).setTerm(in.getLong()).setDataLen(in.getInt());
        if (type == EntryType.ENTRY_TYPE_CONFIGURATION) {
            entry.addAllPeers(WireBuffer.getPeers(in)).addAllOldPeers(WireBuffer.getPeers(in));
            entry.addAllLearners(WireBuffer.getPeers(in)).addAllOldLearners(WireBuffer.getPeers(in));
        }
        return entry.build();
    }
}
