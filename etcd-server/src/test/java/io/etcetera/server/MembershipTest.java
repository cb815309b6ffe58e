package io.etcetera.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.Member;
import io.etcetera.proto.etcdserverpb.MemberAddRequest;
import io.etcetera.proto.etcdserverpb.MemberAddResponse;
import io.etcetera.proto.etcdserverpb.MemberListRequest;
import io.etcetera.proto.etcdserverpb.MemberPromoteRequest;
import io.etcetera.proto.etcdserverpb.MemberRemoveRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clusters whose members change. */
@Timeout(600)
class MembershipTest {
    @TempDir
    private Path directory;

    private static void assertAllHave(TestCluster cluster, String value) {
        for (String member : cluster.members()) {
            assertThat(cluster.get(member, "key", false))
                    .as("as read at " + member)
                    .isEqualTo(value);
        }
    }

    private static List<Member> list(TestCluster cluster, String asked) {
        MemberListRequest request =
                MemberListRequest.newBuilder().setLinearizable(true).build();
        return TestCluster.insist(
                        "the members",
                        EtcdError.LEADER_CHANGED,
                        () -> cluster.cluster(asked).memberList(request))
                .getMembersList();
    }

    private static void awaitVoters(TestCluster cluster, int count) throws InterruptedException {
        TestCluster.await(
                count + " voters",
                () -> cluster.members().stream()
                        .allMatch(name -> cluster.raftGroup(name).voters().size() == count));
    }

    /** It is always the leader who goes. */
    @Test
    void aClusterGrowsFromOneToFiveAndShrinksAgain() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            cluster.put("m1", "key", "first");
            for (int count = 2; count <= 5; count++) {
                String name = "m" + count;
                cluster.join(name, false);
                awaitVoters(cluster, count);
                // Without a write in between: what is committed has been applied everywhere all the same.
                assertThat(list(cluster, name)).hasSize(count);
                cluster.put(name, "key", "with " + name);
                assertAllHave(cluster, "with " + name);
            }
            for (int count = 4; count >= 1; count--) {
                String leader = cluster.awaitLeader(cluster.members());
                String asked = cluster.membersBeside(leader).get(0);
                cluster.remove(asked, leader);
                awaitVoters(cluster, count);
                assertThat(list(cluster, asked)).hasSize(count);
                cluster.put(asked, "key", "without " + leader);
                assertAllHave(cluster, "without " + leader);
            }
        }
    }

    /** The one that is left has to do without its vote by the time that the client is told. */
    @Test
    void aRemovedMemberMayBeStoppedAtOnce() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 2)) {
            String kept = cluster.awaitLeader(cluster.members());
            String gone = cluster.membersBeside(kept).get(0);
            MemberRemoveRequest removal =
                    MemberRemoveRequest.newBuilder().setID(cluster.id(gone)).build();
            TestCluster.whenHealthy(
                    "leave to remove " + gone, () -> cluster.cluster(kept).memberRemove(removal));
            cluster.isolate(gone);

            assertThat(cluster.raftGroup(kept).voters()).containsExactly(cluster.id(kept));
            cluster.put(kept, "key", "alone");
        }
    }

    @Test
    void aLearnerIsPromotedOnceItHasCaughtUp() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            cluster.put("m1", "key", "value");
            cluster.join("m2", true);
            assertThat(cluster.get("m2", "key", true)).isEqualTo("value");
            assertThat(cluster.status("m2").getIsLearner()).isTrue();
            assertThat(cluster.raftGroup("m1").voters()).containsExactly(cluster.id("m1"));

            assertThat(promote(cluster, "m1", cluster.id("m2"))).noneMatch(Member::getIsLearner);
            awaitVoters(cluster, 2);
            assertThat(cluster.get("m2", "key", false)).isEqualTo("value");
            assertThatThrownBy(() -> promote(cluster, "m1", cluster.id("m2")))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining(EtcdError.MEMBER_NOT_LEARNER.text());
        }
    }

    @Test
    void aFollowerHasTheLeaderPromote() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 3)) {
            List<String> voters = cluster.members();
            cluster.join("m4", true);
            String follower = voters.stream()
                    .filter(name -> cluster.status(name).getLeader() != cluster.id(name))
                    .findFirst()
                    .orElseThrow();
            assertThatThrownBy(() -> promote(cluster, follower, 7))
                    .hasMessageContaining(EtcdError.MEMBER_NOT_FOUND.text());
            assertThatThrownBy(() -> promote(cluster, follower, cluster.id(follower)))
                    .hasMessageContaining(EtcdError.MEMBER_NOT_LEARNER.text());
            assertThat(promote(cluster, follower, cluster.id("m4"))).noneMatch(Member::getIsLearner);
            awaitVoters(cluster, 4);
        }
    }

    private static List<Member> promote(TestCluster cluster, String asked, long id) {
        MemberPromoteRequest request =
                MemberPromoteRequest.newBuilder().setID(id).build();
        // The leader may not have heard yet how far the learner's log is.
        return TestCluster.insist(
                        "the learner to be in sync",
                        EtcdError.LEARNER_NOT_READY,
                        () -> cluster.cluster(asked).memberPromote(request))
                .getMembersList();
    }

    @Test
    void aMemberThatIsNeverStartedCostsNoQuorum() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 1)) {
            MemberAddResponse added = cluster.cluster("m1")
                    .memberAdd(MemberAddRequest.newBuilder()
                            .addPeerURLs("http://127.0.0.1:1")
                            .build());
            long id = added.getMember().getID();
            TestCluster.await(
                    "the new member to be in the group",
                    () -> cluster.raftGroup("m1").learners().contains(id));
            cluster.put("m1", "key", "value");
            assertAllHave(cluster, "value");

            var removed = cluster.cluster("m1")
                    .memberRemove(MemberRemoveRequest.newBuilder().setID(id).build());
            assertThat(removed.getMembersList()).hasSize(1);
            TestCluster.await(
                    "the new member to be out of the group",
                    () -> cluster.raftGroup("m1").learners().isEmpty());
            assertThat(list(cluster, "m1")).hasSize(1);
        }
    }
}
