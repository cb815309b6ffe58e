package io.etcetera.server.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.etcetera.proto.clusterpb.LearnerPromotion;
import io.etcetera.proto.clusterpb.MemberAddition;
import io.etcetera.proto.clusterpb.MemberRemoval;
import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.clusterpb.PeerUrlsUpdate;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseCheckpointRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestHeader;
import io.etcetera.proto.membershippb.Attributes;
import io.etcetera.proto.membershippb.ClusterMemberAttrSetRequest;
import io.etcetera.proto.membershippb.ClusterVersionSetRequest;
import io.etcetera.proto.membershippb.RaftAttributes;
import io.etcetera.proto.raftpb.Entry;
import io.etcetera.proto.raftpb.EntryType;
import io.etcetera.proto.walpb.V2Request;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoEntriesTest {
    private static final RequestHeader HEADER =
            RequestHeader.newBuilder().setID(5).build();

    private static Entry normal(ByteString data) {
        return Entry.newBuilder().setIndex(9).setData(data).build();
    }

    private static InternalRaftRequest translated(ByteString data)
            throws MigrationException, InvalidProtocolBufferException {
        return InternalRaftRequest.parseFrom(GoEntries.translate(normal(data)));
    }

    @Test
    void requestsStayAsTheyAre() throws Exception {
        ByteString put = InternalRaftRequest.newBuilder()
                .setHeader(HEADER)
                .setPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")))
                .build()
                .toByteString();
        assertThat(GoEntries.translate(normal(put))).isEqualTo(put.toByteArray());
        assertThat(GoEntries.translate(normal(ByteString.EMPTY))).isEmpty();
    }

    @Test
    void whatChangesNothingComesToNothing() throws Exception {
        for (InternalRaftRequest.Builder request : List.of(
                InternalRaftRequest.newBuilder().setRange(RangeRequest.getDefaultInstance()),
                InternalRaftRequest.newBuilder().setLeaseCheckpoint(LeaseCheckpointRequest.getDefaultInstance()))) {
            ByteString data = request.setHeader(HEADER).build().toByteString();
            assertThat(GoEntries.translate(normal(data))).isEmpty();
        }
    }

    @Test
    void kindsOfLaterReleasesAreRefused() {
        // Field 2000, an empty message.
        ByteString unknown = ByteString.copyFrom(new byte[] {(byte) 0x82, 0x7d, 0});
        assertThatThrownBy(() -> GoEntries.translate(normal(unknown)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("entry 9 of the log cannot be taken over")
                .hasMessageContaining("a kind that this version does not know");
    }

    /** The forms of releases up to 3.5: a request of the v2 API as it is, or inside another. */
    @Test
    void membersSayTheirNamesInTheOldWay() throws Exception {
        V2Request attributes = V2Request.newBuilder()
                .setID(123)
                .setMethod("PUT")
                .setPath("/0/members/8e9e05c52164694d/attributes")
                .setVal("{\"name\":\"m1\",\"clientURLs\":[\"http://c:1\"]}")
                .build();
        ClusterMemberAttrSetRequest expected = ClusterMemberAttrSetRequest.newBuilder()
                .setMemberID(0x8e9e05c52164694dL)
                .setMemberAttributes(Attributes.newBuilder().setName("m1").addClientUrls("http://c:1"))
                .build();
        assertThat(translated(attributes.toByteString()).getClusterMemberAttrSet())
                .isEqualTo(expected);
        ByteString wrapped = ByteString.copyFrom(new byte[] {0x12, (byte) attributes.getSerializedSize()})
                .concat(attributes.toByteString());
        assertThat(translated(wrapped).getClusterMemberAttrSet()).isEqualTo(expected);

        V2Request version = V2Request.newBuilder()
                .setMethod("PUT")
                .setPath("/0/version")
                .setVal("3.4.0")
                .build();
        assertThat(translated(version.toByteString()).getClusterVersionSet())
                .isEqualTo(ClusterVersionSetRequest.newBuilder().setVer("3.4.0").build());
        V2Request sync = V2Request.newBuilder().setMethod("SYNC").build();
        assertThat(GoEntries.translate(normal(sync.toByteString()))).isEmpty();
    }

    /** There and back: as etcd writes them, and as this server does. */
    @Test
    void changesOfMembersAreData() throws Exception {
        RaftAttributes urls =
                RaftAttributes.newBuilder().addPeerUrls("http://p:1").build();
        for (MembershipChange change : List.of(
                MembershipChange.newBuilder()
                        .setAddition(MemberAddition.newBuilder()
                                .setMemberID(-3)
                                .setRaftAttributes(urls)
                                .setMaxLearners(Integer.MAX_VALUE))
                        .build(),
                MembershipChange.newBuilder()
                        .setAddition(MemberAddition.newBuilder()
                                .setMemberID(4)
                                .setRaftAttributes(urls.toBuilder().setIsLearner(true))
                                .setMaxLearners(Integer.MAX_VALUE))
                        .build(),
                MembershipChange.newBuilder()
                        .setPromotion(LearnerPromotion.newBuilder().setMemberID(4))
                        .build(),
                MembershipChange.newBuilder()
                        .setUpdate(PeerUrlsUpdate.newBuilder().setMemberID(4).addPeerUrls("http://p:2"))
                        .build(),
                MembershipChange.newBuilder()
                        .setRemoval(MemberRemoval.newBuilder().setMemberID(4))
                        .build())) {
            byte[] ours = InternalRaftRequest.newBuilder()
                    .setMembershipChange(change)
                    .build()
                    .toByteArray();
            Entry there = GoEntries.toGo(9, 2, ours);
            assertThat(there.getType()).isEqualTo(EntryType.EntryConfChange);
            assertThat(GoEntries.translate(there)).isEqualTo(ours);
        }
    }
}
