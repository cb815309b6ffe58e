package io.etcetera.server.rpc.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.ClusterGrpc;
import io.etcetera.proto.etcdserverpb.HashKVRequest;
import io.etcetera.proto.etcdserverpb.KVGrpc;
import io.etcetera.proto.etcdserverpb.LeaseGrpc;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.etcetera.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.etcetera.proto.etcdserverpb.LeaseLeasesRequest;
import io.etcetera.proto.etcdserverpb.MaintenanceGrpc;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MoveLeaderRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.StatusRequest;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.WatchGrpc;
import io.etcetera.proto.etcdserverpb.WatchRequest;
import io.etcetera.proto.etcdserverpb.WatchResponse;
import io.etcetera.proto.health.HealthCheckRequest;
import io.etcetera.proto.health.HealthGrpc;
import io.etcetera.proto.v3lockpb.LockGrpc;
import io.etcetera.proto.v3lockpb.LockRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a learner serves, and what it sends away. */
@Timeout(60)
class LearnerTest {
    private static final RangeRequest LINEARIZABLE =
            RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();
    private static final RangeRequest SERIALIZABLE =
            LINEARIZABLE.toBuilder().setSerializable(true).build();

    private final FakeMember member = FakeMember.started();
    private final ManagedChannel channel = member.channel();
    private final KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
    private final MaintenanceGrpc.MaintenanceBlockingStub maintenance = MaintenanceGrpc.newBlockingStub(channel);
    private final LeaseGrpc.LeaseBlockingStub lease = LeaseGrpc.newBlockingStub(channel);

    LearnerTest() throws IOException {}

    @BeforeEach
    void learn() {
        member.store.revision = 5;
        member.learner = true;
    }

    @AfterEach
    void stop() {
        member.close();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertRefused(e.getStatus()));
    }

    private static void assertRefused(Status status) {
        assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(status.getDescription()).isEqualTo("etcdserver: rpc not supported for learner");
    }

    @Test
    void servesStatusAndSerializableRanges() {
        assertThat(maintenance.status(StatusRequest.getDefaultInstance()).getIsLearner())
                .isTrue();
        assertThat(kv.range(SERIALIZABLE).getHeader().getRevision()).isEqualTo(5);
    }

    @Test
    void refusesEveryOtherCallWithOneAnswer() {
        List<ThrowingCallable> calls = List.of(
                () -> kv.range(LINEARIZABLE),
                () -> kv.range(RangeRequest.getDefaultInstance()),
                () -> kv.put(PutRequest.getDefaultInstance()),
                () -> kv.txn(TxnRequest.getDefaultInstance()),
                () -> maintenance.alarm(AlarmRequest.getDefaultInstance()),
                () -> maintenance.hashKV(HashKVRequest.getDefaultInstance()),
                () -> maintenance.moveLeader(MoveLeaderRequest.getDefaultInstance()),
                () -> lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance()),
                () -> ClusterGrpc.newBlockingStub(channel).memberList(MemberListRequest.getDefaultInstance()),
                () -> HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance()),
                () -> LockGrpc.newBlockingStub(channel).lock(LockRequest.getDefaultInstance()));
        calls.forEach(LearnerTest::assertRefused);
    }

    @Test
    void refusesStreams() throws Exception {
        StreamRecorder<WatchRequest, WatchResponse> watch = new StreamRecorder<>();
        WatchGrpc.newStub(channel).watch(watch);
        assertRefused(watch.end());
        StreamRecorder<LeaseKeepAliveRequest, LeaseKeepAliveResponse> renewals = new StreamRecorder<>();
        LeaseGrpc.newStub(channel).leaseKeepAlive(renewals);
        assertRefused(renewals.end());
        assertRefused(() -> kv.rangeStream(SERIALIZABLE).next());
    }

    @Test
    void servesEverythingOnceItVotes() {
        assertRefused(() -> lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
        member.learner = false;
        assertThat(lease.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesCount())
                .isZero();
        assertThat(kv.range(LINEARIZABLE).getHeader().getRevision()).isEqualTo(5);
    }
}
