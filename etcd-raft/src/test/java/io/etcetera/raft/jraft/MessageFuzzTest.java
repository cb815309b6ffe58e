package io.etcetera.raft.jraft;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import io.etcetera.testing.fuzz.Fuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes from other members, and what the log gives back. */
class MessageFuzzTest {
    private static final String GROUP = "c1";
    private static final String FROM = Peers.peer(1).toString();
    private static final String TO = Peers.peer(2).toString();

    /** The same content with a checksum that fits. */
    private static byte[] withChecksum(byte[] message) {
        WireBuffer out = new WireBuffer();
        for (int i = Integer.BYTES; i < message.length; i++) {
            out.putByte(message[i]);
        }
        return out.finish();
    }

    private static SnapshotMeta snapshot() {
        return SnapshotMeta.newBuilder()
                .setLastIncludedIndex(9)
                .setLastIncludedTerm(3)
                .addPeers(FROM)
                .addOldPeers(TO)
                .addLearners(TO)
                .build();
    }

    @Test
    void requests() {
        Fuzz.of("raft requests")
                .samples(
                        PeerCodec.encode(PeerCodecTest.entries()),
                        PeerCodec.encode(RequestVoteRequest.newBuilder()
                                .setGroupId(GROUP)
                                .setServerId(FROM)
                                .setPeerId(TO)
                                .setTerm(1)
                                .setLastLogTerm(2)
                                .setLastLogIndex(3)
                                .setPreVote(true)
                                .build()),
                        PeerCodec.encode(TimeoutNowRequest.newBuilder()
                                .setGroupId(GROUP)
                                .setServerId(FROM)
                                .setPeerId(TO)
                                .setTerm(5)
                                .build()),
                        PeerCodec.encode(ReadIndexRequest.newBuilder()
                                .setGroupId(GROUP)
                                .setServerId(FROM)
                                .setPeerId(TO)
                                .build()),
                        PeerCodec.encode(InstallSnapshotRequest.newBuilder()
                                .setGroupId(GROUP)
                                .setServerId(FROM)
                                .setPeerId(TO)
                                .setTerm(4)
                                .setMeta(snapshot())
                                .setUri(VirtualSnapshots.uriOf(FROM, snapshot()))
                                .build()))
                .repairing(MessageFuzzTest::withChecksum)
                .refusing(IOException.class)
                .run(message -> PeerCodec.decode(message, GROUP, FROM, TO));
    }

    @Test
    void answers() {
        Fuzz.of("raft answers")
                .samples(
                        AnswerCodec.encode(AppendEntriesResponse.newBuilder()
                                .setTerm(4)
                                .setSuccess(true)
                                .setLastLogIndex(77)
                                .build()),
                        AnswerCodec.encode(ErrorResponse.newBuilder()
                                .setErrorCode(16)
                                .setErrorMsg("busy")
                                .build()))
                .repairing(MessageFuzzTest::withChecksum)
                .refusing(IOException.class)
                .run(answer -> AnswerCodec.decode(answer, PeerCodecTest.entries()));
    }

    @Test
    void entries() {
        LogEntry data = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        data.setId(new LogId(42, 7));
        data.setData(ByteBuffer.wrap(new byte[100]));
        data.setChecksum(data.checksum());
        LogEntry members = new LogEntry(EntryType.ENTRY_TYPE_CONFIGURATION);
        members.setId(new LogId(42, 7));
        members.setPeers(List.of(Peers.peer(1), Peers.peer(2)));
        members.setOldPeers(List.of(Peers.peer(1)));

        Fuzz.of("raft entries")
                .samples(EntryCodec.encode(data), EntryCodec.encode(members))
                .refusing(IOException.class)
                .run(record -> {
                    EntryCodec.isData(record);
                    EntryCodec.decode(42, record);
                });
    }

    @Test
    void snapshotMarks() {
        byte[] mark = SnapshotMetaCodec.encodeMark(new Mark(snapshot(), true));

        Fuzz.of("snapshot marks")
                .samples(mark, Arrays.copyOf(mark, mark.length - 1))
                .refusing(IOException.class)
                .run(SnapshotMetaCodec::decodeMark);
    }
}
