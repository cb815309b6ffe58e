package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeRequest;
import io.etcetera.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.etcetera.proto.etcdserverpb.MoveLeaderRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three members: through whichever a client comes, and whatever becomes of the leader. */
@Timeout(600)
class ClusterTest {
    @TempDir
    private Path directory;

    private static void assertStatus(Status.Code code, String text, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(text);
            assertThat(e.getStatus().getCode()).isEqualTo(code);
        });
    }

    @Test
    void everyMemberTakesWritesAndEveryMemberReadsThem() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3)) {
            for (String writer : cluster.members()) {
                cluster.put(writer, "key", "by " + writer);
                for (String reader : cluster.members()) {
                    assertThat(cluster.get(reader, "key", false)).isEqualTo("by " + writer);
                }
                assertThat(cluster.kv(writer)
                                .txn(TxnRequest.newBuilder()
                                        .addSuccess(RequestOp.newBuilder()
                                                .setRequestPut(
                                                        PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("txn"))))
                                        .build())
                                .getSucceeded())
                        .isTrue();
            }
        }
    }

    @Test
    void leasesAreGrantedAndRevokedThroughEveryMember() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3)) {
            for (String member : cluster.members()) {
                long leaseId = cluster.leases(member)
                        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(600).build())
                        .getID();
                var unused = cluster.kv(member)
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(member))
                                .setValue(ByteString.copyFromUtf8("value"))
                                .setLease(leaseId)
                                .build());
                for (String other : cluster.members()) {
                    assertThat(cluster.get(other, member, false)).isEqualTo("value");
                }
                var revoked = cluster.leases(member)
                        .leaseRevoke(
                                LeaseRevokeRequest.newBuilder().setID(leaseId).build());
                assertThat(revoked.hasHeader()).isTrue();
                assertThat(cluster.get(member, member, false)).isEmpty();
            }
        }
    }

    @Test
    void theOthersGoOnWhenTheLeaderStops() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3)) {
            String leader = cluster.awaitLeader(cluster.members());
            List<String> others = cluster.membersBeside(leader);
            cluster.close(leader);
            cluster.awaitLeader(others);
            for (String other : others) {
                cluster.put(other, "key", other);
                assertThat(cluster.get(other, "key", false)).isEqualTo(other);
            }
        }
    }

    @Test
    void leadershipMovesWhereTheClientWantsIt() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3)) {
            String leader = cluster.awaitLeader(cluster.members());
            String target = cluster.membersBeside(leader).get(0);
            MoveLeaderRequest request = MoveLeaderRequest.newBuilder()
                    .setTargetID(cluster.id(target))
                    .build();
            assertStatus(
                    Status.Code.FAILED_PRECONDITION,
                    "etcdserver: not leader",
                    () -> cluster.maintenance(target).moveLeader(request));
            assertThat(cluster.maintenance(leader).moveLeader(request).hasHeader())
                    .isFalse();
            assertThat(cluster.status(leader).getLeader()).isEqualTo(cluster.id(target));
            assertThat(cluster.awaitLeader(cluster.members())).isEqualTo(target);
            cluster.put(leader, "key", "value");
            assertThat(cluster.get(target, "key", false)).isEqualTo("value");
        }
    }

    @Test
    void aFollowerCutOffAnswersWhatItCanAndRefusesTheRestInTime() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3)) {
            cluster.put("m1", "key", "old");
            String leader = cluster.awaitLeader(cluster.members());
            String lonely = cluster.membersBeside(leader).get(0);
            TestCluster.await(
                    "the follower to have it",
                    () -> cluster.get(lonely, "key", true).equals("old"));
            cluster.isolate(lonely);
            TestCluster.await(
                    "the follower to miss its leader",
                    () -> cluster.status(lonely).getLeader() == 0);
            cluster.put(leader, "key", "new");
            assertThat(cluster.status(lonely).getErrorsList()).containsExactly("etcdserver: no leader");
            assertThat(cluster.get(lonely, "key", true)).isEqualTo("old");
            assertStatus(
                    Status.Code.UNAVAILABLE, "etcdserver: request timed out", () -> cluster.get(lonely, "key", false));
            assertStatus(
                    Status.Code.DEADLINE_EXCEEDED,
                    "context deadline exceeded",
                    () -> cluster.put(lonely, "key", "lost"));
            assertStatus(
                    Status.Code.UNAVAILABLE,
                    "etcdserver: no leader",
                    () -> cluster.leases(lonely)
                            .leaseTimeToLive(
                                    LeaseTimeToLiveRequest.newBuilder().setID(7).build()));
            cluster.heal();
            cluster.awaitLeader(cluster.members());
            assertThat(cluster.get(lonely, "key", false)).isEqualTo("new");
        }
    }

    @Test
    void aLeaderCutOffShowsNothingStale() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3)) {
            cluster.put("m1", "key", "old");
            String old = cluster.awaitLeader(cluster.members());
            List<String> others = cluster.membersBeside(old);
            cluster.isolate(old);
            TestCluster.await(
                    "another leader",
                    () -> others.stream()
                            .anyMatch(name -> cluster.status(name).getLeader() != cluster.id(old)
                                    && cluster.status(name).getLeader() != 0));
            cluster.put(cluster.awaitLeader(others), "key", "new");
            StatusRuntimeException refused =
                    catchThrowableOfType(StatusRuntimeException.class, () -> cluster.get(old, "key", false));
            assertThat(refused.getStatus().getDescription()).isEqualTo("etcdserver: request timed out");
            cluster.heal();
            cluster.awaitLeader(cluster.members());
            assertThat(cluster.get(old, "key", false)).isEqualTo("new");
        }
    }
}
