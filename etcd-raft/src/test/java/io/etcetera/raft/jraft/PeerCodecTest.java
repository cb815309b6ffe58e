package io.etcetera.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.RaftOutter.EntryMeta;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ReadIndexResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerCodecTest {
    private static final String GROUP = "c1";
    private static final String FROM = Peers.peer(1).toString();
    private static final String TO = Peers.peer(2).toString();

    private static Message roundTrip(Message request) throws IOException {
        return PeerCodec.decode(PeerCodec.encode(request), GROUP, FROM, TO);
    }

    private static AppendEntriesRequest.Builder append() {
        return AppendEntriesRequest.newBuilder()
                .setGroupId(GROUP)
                .setServerId(FROM)
                .setPeerId(TO)
                .setTerm(7)
                .setPrevLogTerm(6)
                .setPrevLogIndex(123)
                .setCommittedIndex(120);
    }

    /** A request with each kind of entry. */
    static AppendEntriesRequest entries() {
        EntryMeta data = EntryMeta.newBuilder()
                .setType(EntryType.ENTRY_TYPE_DATA)
                .setTerm(7)
                .setDataLen(3)
                .build();
        EntryMeta members = EntryMeta.newBuilder()
                .setType(EntryType.ENTRY_TYPE_CONFIGURATION)
                .setTerm(7)
                .setDataLen(0)
                .addPeers(FROM)
                .addPeers(TO)
                .addOldPeers(FROM)
                .addLearners(Peers.peer(-1).toString())
                .build();
        return append().addEntries(data)
                .addEntries(members)
                .addEntries(data)
                .setData(ByteString.copyFromUtf8("abcdef"))
                .build();
    }

    @Test
    void requestsArriveAsTheyWereSent() throws Exception {
        SnapshotMeta meta = SnapshotMeta.newBuilder()
                .setLastIncludedIndex(9)
                .setLastIncludedTerm(3)
                .addPeers(FROM)
                .addLearners(TO)
                .build();
        for (Message request : new Message[] {
            entries(),
            append().build(),
            append().setData(ByteString.EMPTY).build(),
            RequestVoteRequest.newBuilder()
                    .setGroupId(GROUP)
                    .setServerId(FROM)
                    .setPeerId(TO)
                    .setTerm(Long.MAX_VALUE)
                    .setLastLogTerm(2)
                    .setLastLogIndex(3)
                    .setPreVote(true)
                    .build(),
            TimeoutNowRequest.newBuilder()
                    .setGroupId(GROUP)
                    .setServerId(FROM)
                    .setPeerId(TO)
                    .setTerm(5)
                    .build(),
            ReadIndexRequest.newBuilder()
                    .setGroupId(GROUP)
                    .setServerId(FROM)
                    .setPeerId(TO)
                    .build(),
            InstallSnapshotRequest.newBuilder()
                    .setGroupId(GROUP)
                    .setServerId(FROM)
                    .setPeerId(TO)
                    .setTerm(4)
                    .setMeta(meta)
                    .setUri(VirtualSnapshots.uriOf(FROM, meta))
                    .build()
        }) {
            assertThat(roundTrip(request)).isEqualTo(request);
        }
    }

    @Test
    void answersArriveAsTheyWereSent() throws Exception {
        AppendEntriesResponse append = AppendEntriesResponse.newBuilder()
                .setTerm(4)
                .setSuccess(true)
                .setLastLogIndex(77)
                .build();
        assertThat(AnswerCodec.decode(AnswerCodec.encode(append), entries())).isEqualTo(append);
        ReadIndexResponse read =
                ReadIndexResponse.newBuilder().setIndex(8).setSuccess(true).build();
        assertThat(AnswerCodec.decode(AnswerCodec.encode(read), ReadIndexRequest.getDefaultInstance()))
                .isEqualTo(read);
        ErrorResponse error =
                ErrorResponse.newBuilder().setErrorCode(16).setErrorMsg("busy").build();
        assertThat(AnswerCodec.decode(AnswerCodec.encode(error), entries())).isEqualTo(error);
        RequestVoteResponse vote = RequestVoteResponse.newBuilder()
                .setTerm(1)
                .setGranted(false)
                .setErrorResponse(error)
                .build();
        assertThat(AnswerCodec.decode(AnswerCodec.encode(vote), RequestVoteRequest.getDefaultInstance()))
                .isEqualTo(error);
    }

    @Test
    void damagedAndShortenedMessagesAreRefused() {
        byte[] good = PeerCodec.encode(entries());
        Random random = new Random(1);
        for (int i = 0; i < good.length; i++) {
            byte[] damaged = good.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            assertThatThrownBy(() -> PeerCodec.decode(damaged, GROUP, FROM, TO)).isInstanceOf(IOException.class);
            byte[] shortened = java.util.Arrays.copyOf(good, i);
            assertThatThrownBy(() -> PeerCodec.decode(shortened, GROUP, FROM, TO))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void sensibleChecksumsDoNotMakeNonsenseSensible() {
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            WireBuffer out = new WireBuffer();
            int length = random.nextInt(80);
            out.putByte((byte) random.nextInt(8));
            for (int n = 0; n < length; n++) {
                out.putByte((byte) (random.nextInt(3) == 0 ? random.nextInt() : 0));
            }
            byte[] nonsense = out.finish();
            try {
                assertThat(PeerCodec.decode(nonsense, GROUP, FROM, TO)).isNotNull();
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }
}
