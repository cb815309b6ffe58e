package io.etcetera.server.rpc.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.clusterpb.MembershipChange;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberAddRequest;
import io.etcetera.proto.etcdserverpb.MemberAddResponse;
import io.etcetera.proto.etcdserverpb.MemberPromoteRequest;
import io.etcetera.proto.etcdserverpb.MemberPromoteResponse;
import io.etcetera.proto.etcdserverpb.MemberRemoveRequest;
import io.etcetera.proto.etcdserverpb.MemberUpdateRequest;
import io.etcetera.proto.etcdserverpb.MemberUpdateResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.rpc.port.FakeMember;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Cluster service, as far as it changes members. */
class ClusterServiceTest {
    private static final Member ADDED =
            Member.newBuilder().setID(0x77).addPeerURLs("http://new:1").build();

    private final FakeMember member = FakeMember.started();
    private final ClusterGrpc.ClusterBlockingStub cluster = ClusterGrpc.newBlockingStub(member.channel());

    ClusterServiceTest() throws IOException {}

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    void addsWithAnIdOfItsOwn() throws Exception {
        member.applier = request -> MemberAddResponse.newBuilder()
                .setMember(ADDED)
                .addMembers(ADDED)
                .build();
        MemberAddResponse response = cluster.memberAdd(MemberAddRequest.newBuilder()
                .addPeerURLs(" http://new:2 ")
                .addPeerURLs("http://new:1")
                .setIsLearner(true)
                .build());
        assertThat(response)
                .isEqualTo(MemberAddResponse.newBuilder()
                        .setHeader(FakeMember.header(0))
                        .setMember(ADDED)
                        .addMembers(ADDED)
                        .build());
        MembershipChange change = member.proposed.take().getMembershipChange();
        // SHA-1 of "http://new:1http://new:21700000001", of which the clock of the test gives the number.
        assertThat(change.getAddition().getMemberID()).isEqualTo(0xdc8a344d1d3bbd93L);
        assertThat(change.getAddition().getRaftAttributes().getPeerUrlsList())
                .containsExactly("http://new:1", "http://new:2");
        assertThat(change.getAddition().getRaftAttributes().getIsLearner()).isTrue();
        assertThat(change.getAddition().getMaxLearners()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host:1", "http://host", "http://host:1/path", "ftp://host:1", "http://host:x"})
    void refusesBadUrls(String url) {
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                EtcdError.MEMBER_BAD_URLS,
                () -> cluster.memberAdd(
                        MemberAddRequest.newBuilder().addPeerURLs(url).build()));
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                EtcdError.MEMBER_BAD_URLS,
                () -> cluster.memberAdd(MemberAddRequest.getDefaultInstance()));
    }

    @Test
    void updatesToWhateverIsGiven() throws Exception {
        member.applier =
                request -> MemberUpdateResponse.newBuilder().addMembers(ADDED).build();
        assertThat(cluster.memberUpdate(MemberUpdateRequest.newBuilder()
                        .setID(0x77)
                        .addPeerURLs("nonsense")
                        .build()))
                .isEqualTo(MemberUpdateResponse.newBuilder()
                        .setHeader(FakeMember.header(0))
                        .addMembers(ADDED)
                        .build());
        MembershipChange change = member.proposed.take().getMembershipChange();
        assertThat(change.getUpdate().getMemberID()).isEqualTo(0x77);
        assertThat(change.getUpdate().getPeerUrlsList()).containsExactly("nonsense");
    }

    @Test
    void doesNotRemoveTheLastMember() {
        assertStatus(
                Status.Code.UNKNOWN,
                EtcdError.MEMBER_NOT_ENOUGH_STARTED,
                () -> cluster.memberRemove(MemberRemoveRequest.newBuilder()
                        .setID(FakeMember.MEMBER_ID)
                        .build()));
    }

    @Test
    void tellsWhatApplyingHasRefused() {
        member.applier = request -> {
            throw new EtcdException(EtcdError.MEMBER_NOT_FOUND);
        };
        assertStatus(
                Status.Code.NOT_FOUND,
                EtcdError.MEMBER_NOT_FOUND,
                () -> cluster.memberRemove(
                        MemberRemoveRequest.newBuilder().setID(5).build()));
    }

    @Test
    void promotesWhenTheLearnerIsReady() {
        member.otherMembers = List.of(ADDED.toBuilder().setIsLearner(true).build());
        MemberPromoteRequest request =
                MemberPromoteRequest.newBuilder().setID(0x77).build();
        assertStatus(
                Status.Code.FAILED_PRECONDITION, EtcdError.LEARNER_NOT_READY, () -> cluster.memberPromote(request));
        member.match = 7;
        member.applier =
                proposal -> MemberPromoteResponse.newBuilder().addMembers(ADDED).build();
        assertThat(cluster.memberPromote(request))
                .isEqualTo(MemberPromoteResponse.newBuilder()
                        .setHeader(FakeMember.header(0))
                        .addMembers(ADDED)
                        .build());
        assertStatus(
                Status.Code.NOT_FOUND,
                EtcdError.MEMBER_NOT_FOUND,
                () -> cluster.memberPromote(
                        MemberPromoteRequest.newBuilder().setID(0x78).build()));
    }

    private static void assertStatus(Status.Code code, EtcdError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(error.text());
            assertThat(e.getStatus().getCode()).isEqualTo(code);
        });
    }
}
