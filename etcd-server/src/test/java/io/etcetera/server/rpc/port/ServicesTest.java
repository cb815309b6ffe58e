package io.etcetera.server.rpc.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.mvcc.DefragmentationException;
import io.etcetera.mvcc.KvHash;
import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmResponse;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.DefragmentRequest;
import io.etcetera.proto.etcdserverpb.DowngradeInfo;
import io.etcetera.proto.etcdserverpb.DowngradeRequest;
import io.etcetera.proto.etcdserverpb.DowngradeRequest.DowngradeAction;
import io.etcetera.proto.etcdserverpb.DowngradeResponse;
import io.etcetera.proto.etcdserverpb.EmptyResponse;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.HashKVResponse;
import io.etcetera.proto.etcdserverpb.HashRequest;
import io.etcetera.proto.etcdserverpb.HashResponse;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantResponse;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.LeaseLeasesResponse;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.LeaseStatus;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberListResponse;
import io.etcetera.proto.etcdserverpb.MoveLeaderRequest;
import io.etcetera.proto.etcdserverpb.MoveLeaderResponse;
import io.etcetera.proto.etcdserverpb.StatusRequest;
import io.etcetera.proto.etcdserverpb.StatusResponse;
import io.etcetera.proto.health.HealthCheckRequest;
import io.etcetera.proto.health.HealthCheckResponse;
import io.etcetera.proto.health.HealthCheckResponse.ServingStatus;
import io.etcetera.proto.health.HealthGrpc;
import io.etcetera.proto.health.HealthListRequest;
import io.etcetera.proto.membershippb.DowngradeInfoSetRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.cluster.VersionView;
import io.etcetera.server.lease.Leases.LeaseState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The services beside KV and Watch. */
class ServicesTest {
    private final FakeMember member = FakeMember.started();
    private final ManagedChannel channel = member.channel();
    private final LeaseGrpc.LeaseBlockingStub lease = LeaseGrpc.newBlockingStub(channel);
    private final MaintenanceGrpc.MaintenanceBlockingStub maintenance = MaintenanceGrpc.newBlockingStub(channel);
    private final ClusterGrpc.ClusterBlockingStub cluster = ClusterGrpc.newBlockingStub(channel);
    private final HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(channel);

    ServicesTest() throws IOException {
        member.store.revision = 5;
    }

    @AfterEach
    void stop() {
        member.close();
    }

    @Test
    void grantsAndRevokes() throws Exception {
        member.applier = request -> {
            if (request.hasLeaseRevoke()) {
                throw new EtcdException(EtcdError.LEASE_NOT_FOUND);
            }
            return LeaseGrantResponse.newBuilder()
                    .setHeader(FakeMember.bare(1))
                    .setID(request.getLeaseGrant().getID())
                    .setTTL(request.getLeaseGrant().getTTL())
                    .build();
        };
        assertThat(lease.leaseGrant(
                        LeaseGrantRequest.newBuilder().setID(-7).setTTL(30).build()))
                .isEqualTo(LeaseGrantResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .setID(-7)
                        .setTTL(30)
                        .build());
        assertStatus(
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found",
                () -> lease.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(9).build()));
        member.quotaError = EtcdError.NO_SPACE;
        assertStatus(
                Status.Code.RESOURCE_EXHAUSTED,
                "etcdserver: mvcc: database space exceeded",
                () -> lease.leaseGrant(LeaseGrantRequest.getDefaultInstance()));
    }

    @Test
    void movesLeadership() {
        assertThat(maintenance.moveLeader(MoveLeaderRequest.newBuilder()
                        .setTargetID(FakeMember.MEMBER_ID)
                        .build()))
                .isEqualTo(MoveLeaderResponse.getDefaultInstance());
        assertStatus(
                Status.Code.FAILED_PRECONDITION,
                "etcdserver: bad leader transferee",
                () -> maintenance.moveLeader(
                        MoveLeaderRequest.newBuilder().setTargetID(9).build()));
        member.leader = 9;
        assertStatus(
                Status.Code.FAILED_PRECONDITION,
                "etcdserver: not leader",
                () -> maintenance.moveLeader(MoveLeaderRequest.newBuilder()
                        .setTargetID(FakeMember.MEMBER_ID)
                        .build()));
    }

    @Test
    void keepsLeasesAlive() throws Exception {
        member.leases.put(9L, new LeaseState(9, 60, 50, List.of()));
        StreamRecorder<LeaseKeepAliveRequest, LeaseKeepAliveResponse> answers = new StreamRecorder<>();
        StreamObserver<LeaseKeepAliveRequest> requests =
                LeaseGrpc.newStub(channel).leaseKeepAlive(answers);
        for (int i = 0; i < 100; i++) {
            requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(9).build());
        }
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(8).build());
        for (int i = 0; i < 100; i++) {
            assertThat(answers.next())
                    .isEqualTo(LeaseKeepAliveResponse.newBuilder()
                            .setHeader(FakeMember.header(5))
                            .setID(9)
                            .setTTL(60)
                            .build());
        }
        assertThat(answers.next().getTTL()).isZero();
        requests.onCompleted();
        assertThat(answers.end()).isEqualTo(Status.OK);
    }

    @Test
    void errorsEndTheKeepAlive() throws Exception {
        member.leaseError = EtcdError.NOT_PRIMARY_LESSOR;
        StreamRecorder<LeaseKeepAliveRequest, LeaseKeepAliveResponse> answers = new StreamRecorder<>();
        LeaseGrpc.newStub(channel)
                .leaseKeepAlive(answers)
                .onNext(LeaseKeepAliveRequest.newBuilder().setID(9).build());
        Status end = answers.end();
        assertThat(end.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(end.getDescription()).isEqualTo("not a primary lessor");
    }

    @Test
    void tellsOfLeases() {
        member.leases.put(9L, new LeaseState(9, 60, 50, List.of(new byte[] {1}, new byte[] {2})));
        assertThat(lease.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                        .setID(9)
                        .setKeys(true)
                        .build()))
                .isEqualTo(LeaseTimeToLiveResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .setID(9)
                        .setTTL(50)
                        .setGrantedTTL(60)
                        .addKeys(ByteString.copyFrom(new byte[] {1}))
                        .addKeys(ByteString.copyFrom(new byte[] {2}))
                        .build());
        assertThat(lease.leaseTimeToLive(
                        LeaseTimeToLiveRequest.newBuilder().setID(8).build()))
                .isEqualTo(LeaseTimeToLiveResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .setID(8)
                        .setTTL(-1)
                        .build());
        assertThat(lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance()))
                .isEqualTo(LeaseLeasesResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .addLeases(LeaseStatus.newBuilder().setID(9))
                        .build());
    }

    @Test
    void status() {
        StatusResponse.Builder expected = StatusResponse.newBuilder()
                .setHeader(FakeMember.header(5))
                .setVersion("3.7.1")
                .setDbSize(20480)
                .setDbSizeInUse(16384)
                .setDbSizeQuota(2147483648L)
                .setLeader(FakeMember.MEMBER_ID)
                .setRaftIndex(7)
                .setRaftTerm(FakeMember.TERM)
                .setRaftAppliedIndex(6)
                .setStorageVersion("3.7.0")
                .setDowngradeInfo(DowngradeInfo.getDefaultInstance());
        assertThat(maintenance.status(StatusRequest.getDefaultInstance())).isEqualTo(expected.build());

        member.leader = 0;
        member.learner = true;
        member.alarms.add(AlarmMember.newBuilder()
                .setMemberID(5)
                .setAlarm(AlarmType.NOSPACE)
                .build());
        member.alarms.add(AlarmMember.newBuilder().setAlarm(AlarmType.CORRUPT).build());
        assertThat(maintenance.status(StatusRequest.getDefaultInstance()))
                .isEqualTo(expected.setLeader(0)
                        .setIsLearner(true)
                        .addErrors("etcdserver: no leader")
                        .addErrors("memberID:5 alarm:NOSPACE")
                        .addErrors("alarm:CORRUPT")
                        .build());
    }

    @Test
    void alarms() {
        AlarmMember alarm = AlarmMember.newBuilder()
                .setMemberID(5)
                .setAlarm(AlarmType.NOSPACE)
                .build();
        member.applier = request -> AlarmResponse.newBuilder().addAlarms(alarm).build();
        assertThat(maintenance.alarm(AlarmRequest.getDefaultInstance()))
                .isEqualTo(AlarmResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .addAlarms(alarm)
                        .build());
    }

    @Test
    void memberList() {
        MemberListResponse list = cluster.memberList(MemberListRequest.getDefaultInstance());
        assertThat(list.getHeader()).isEqualTo(FakeMember.header(0));
        assertThat(list.getMembers(0).getName()).isEqualTo("one");
        MemberListRequest linearizable =
                MemberListRequest.newBuilder().setLinearizable(true).build();
        assertThat(cluster.memberList(linearizable)).isEqualTo(list);
        member.readError = EtcdError.TIMEOUT;
        assertThat(cluster.memberList(MemberListRequest.getDefaultInstance())).isEqualTo(list);
        assertStatus(Status.Code.UNAVAILABLE, "etcdserver: request timed out", () -> cluster.memberList(linearizable));
    }

    @Test
    void hashesOffTheEventLoop() {
        member.store.hash = new KvHash(0x89abcdef, 3, -1);
        assertThat(maintenance.hashKV(HashKVRequest.newBuilder().setRevision(3).build()))
                .isEqualTo(HashKVResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .setHash(0x89abcdef)
                        .setHashRevision(3)
                        .setCompactRevision(-1)
                        .build());
        assertThat(maintenance.hash(HashRequest.getDefaultInstance()))
                .isEqualTo(HashResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .setHash(0xfedcba98)
                        .build());
        assertThat(member.store.readers)
                .isNotEmpty()
                .allSatisfy(thread -> assertThat(thread.getName()).startsWith("etcd-store-pass-"));
    }

    @Test
    void hashesNothingThatIsCompactedOrToCome() {
        member.store.compactRevision = 4;
        assertStatus(
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted",
                () -> maintenance.hashKV(
                        HashKVRequest.newBuilder().setRevision(3).build()));
        assertStatus(
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision",
                () -> maintenance.hashKV(
                        HashKVRequest.newBuilder().setRevision(6).build()));
    }

    @Test
    void stoppingEndsAHash() throws Exception {
        StreamRecorder<HashKVRequest, HashKVResponse> answer = new StreamRecorder<>();
        MaintenanceGrpc.newStub(channel).hashKV(HashKVRequest.getDefaultInstance(), answer);
        member.store.hashing.await();
        member.server().close();
        Status end = answer.end();
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(end.getDescription()).isEqualTo("etcdserver: server stopped");
        assertThat(member.store.readers).hasSize(1).allSatisfy(thread -> {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        });
    }

    @Test
    void healthOfTheServer() throws Exception {
        HealthCheckRequest other =
                HealthCheckRequest.newBuilder().setService("x").build();
        assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatus())
                .isEqualTo(ServingStatus.SERVING);
        assertStatus(Status.Code.NOT_FOUND, "unknown service", () -> health.check(other));
        assertThat(health.list(HealthListRequest.getDefaultInstance()).getStatusesMap())
                .containsOnlyKeys("");

        StreamRecorder<HealthCheckRequest, HealthCheckResponse> known = new StreamRecorder<>();
        StreamRecorder<HealthCheckRequest, HealthCheckResponse> unknown = new StreamRecorder<>();
        HealthGrpc.newStub(channel).watch(HealthCheckRequest.getDefaultInstance(), known);
        HealthGrpc.newStub(channel).watch(other, unknown);
        assertThat(known.next().getStatus()).isEqualTo(ServingStatus.SERVING);
        assertThat(unknown.next().getStatus()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
        assertThat(known.ended() || unknown.ended()).isFalse();
    }

    @Test
    void defragmentAnswersWhenTheStoreHasDoneItWithoutAHeader() throws Exception {
        var answer = MaintenanceGrpc.newFutureStub(channel).defragment(DefragmentRequest.getDefaultInstance());
        // Other calls are answered meanwhile.
        assertThat(maintenance.status(StatusRequest.getDefaultInstance()).hasHeader())
                .isTrue();
        assertThat(answer.isDone()).isFalse();
        member.store.defragmentation.complete(null);
        assertThat(answer.get(30, TimeUnit.SECONDS).hasHeader()).isFalse();
    }

    @Test
    void defragmentTellsWhatKeptTheStoreFromIt() {
        member.store.defragmentation.completeExceptionally(
                new DefragmentationException("cannot defragment store.mdb: no space left", null));
        assertStatus(
                Status.Code.UNKNOWN,
                "cannot defragment store.mdb: no space left",
                () -> maintenance.defragment(DefragmentRequest.getDefaultInstance()));
    }

    private static void assertStatus(Status.Code code, String text, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(text);
            assertThat(e.getStatus().getCode()).isEqualTo(code);
        });
    }

    private DowngradeResponse downgrade(DowngradeAction action, String version) {
        return maintenance.downgrade(DowngradeRequest.newBuilder()
                .setAction(action)
                .setVersion(version)
                .build());
    }

    @Test
    void downgradesGoDownByOneMinor() {
        member.applier = request -> {
            DowngradeInfoSetRequest change = request.getDowngradeInfoSet();
            member.versions.downgrade = new VersionView.Downgrade(change.getEnabled(), change.getVer());
            return EmptyResponse.getDefaultInstance();
        };
        DowngradeResponse answer = DowngradeResponse.newBuilder()
                .setHeader(FakeMember.header(member.store.currentRevision()))
                .setVersion("3.7")
                .build();
        assertThat(downgrade(DowngradeAction.VALIDATE, "3.6")).isEqualTo(answer);
        assertThat(downgrade(DowngradeAction.CANCEL, "")).isEqualTo(answer);
        assertThat(member.proposed).isEmpty();
        assertRefused("3", EtcdError.WRONG_DOWNGRADE_VERSION_FORMAT);
        assertRefused("3.7", EtcdError.INVALID_DOWNGRADE_TARGET_VERSION);
        assertThat(downgrade(DowngradeAction.ENABLE, "3.6.4")).isEqualTo(answer);
        assertThat(member.versions.downgrade).isEqualTo(new VersionView.Downgrade(true, "3.6.0"));
        assertRefused("3.6", EtcdError.DOWNGRADE_IN_PROCESS);
        assertThat(downgrade(DowngradeAction.CANCEL, "")).isEqualTo(answer);
        assertThat(member.versions.downgrade).isEqualTo(VersionView.Downgrade.NONE);
        member.versions.cluster = Optional.empty();
        assertRefused("3.6", EtcdError.CLUSTER_VERSION_UNAVAILABLE);
    }

    private void assertRefused(String version, EtcdError error) {
        for (DowngradeAction action : List.of(DowngradeAction.VALIDATE, DowngradeAction.ENABLE)) {
            assertThatThrownBy(() -> downgrade(action, version)).hasMessageContaining(error.text());
        }
    }
}
