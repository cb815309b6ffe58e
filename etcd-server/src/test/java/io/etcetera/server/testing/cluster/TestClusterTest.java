package io.etcetera.server.testing.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class TestClusterTest {

    @TempDir
    private Path directory;

    /** With an election timeout that is long enough for a busy machine to keep its leader: calls are made once. */
    private TestCluster startThree() {
        return TestCluster.of(3)
                .with(options -> options.electionTimeout(Duration.ofSeconds(2)))
                .in(directory)
                .start();
    }

    @Test
    void whatOneMemberTakesTheOthersHave() {
        try (TestCluster cluster = startThree()) {
            cluster.member(0).client().put("a", "1");
            assertThat(cluster.member(1).client().get("a")).contains("1");
            cluster.member(2).client().put("a", "2");
            assertThat(cluster.member(0).client().get("a")).contains("2");
            assertThat(cluster.awaitAgreement()).isEqualTo(3);
        }
    }

    @Test
    void aLeaderThatIsPartedFromTheOthersIsReplacedAndComesBackAsAFollower() {
        try (TestCluster cluster = startThree()) {
            Node leader = cluster.awaitLeader();
            List<Node> others = cluster.others(leader);
            cluster.network().partition(leader).from(others);

            Node next = cluster.awaitLeaderAmong(others);
            next.client().put("a", "behind its back");
            assertThat(leader.client().serves()).isFalse();

            cluster.network().heal();
            cluster.awaitServing();
            assertThat(leader.client().get("a")).contains("behind its back");
            cluster.awaitAgreement();
        }
    }

    @Test
    void twoOfThreeDownRefuseWritesAndLinearizableReadsButServeSerializableOnes() {
        try (TestCluster cluster = startThree()) {
            cluster.member(0).client().put("a", "1");
            cluster.awaitAgreement();
            cluster.member(1).kill();
            cluster.member(2).kill();
            NodeClient lonely = cluster.member(0).client();

            assertThat(lonely.getSerializable("a")).contains("1");
            assertTimesOut(() -> lonely.put("a", "2"));
            assertTimesOut(() -> lonely.get("a"));
            assertThat(lonely.getSerializable("a")).contains("1");

            cluster.member(1).start();
            cluster.awaitServing();
            lonely.put("a", "3");
            cluster.member(2).start();
            cluster.awaitServing();
            cluster.awaitAgreement();
            assertThat(cluster.member(2).client().get("a")).contains("3");
        }
    }

    /** Who leads still proposes, in vain; who does not waits for a leader. Etcd tells the two apart. */
    private static void assertTimesOut(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode() + " "
                                        + e.getStatus().getDescription())
                                .isIn(
                                        "UNAVAILABLE etcdserver: request timed out",
                                        "UNAVAILABLE etcdserver: request timed out, possibly due to previous leader failure",
                                        "UNAVAILABLE etcdserver: request timed out, possibly due to connection lost",
                                        "DEADLINE_EXCEEDED context deadline exceeded"));
    }

    @Test
    void allMembersFindTheirDataAgain() {
        try (TestCluster cluster = startThree()) {
            cluster.member(0).client().put("a", "1");
            cluster.nodes().forEach(Node::kill);
            assertThat(cluster.running()).isEmpty();
            cluster.nodes().forEach(Node::start);
            cluster.awaitServing();
            assertThat(cluster.member(2).client().get("a")).contains("1");
            cluster.nodes().forEach(Node::stop);
            cluster.nodes().forEach(Node::start);
            cluster.awaitServing();
            assertThat(cluster.member(1).client().get("a")).contains("1");
        }
    }

    @Test
    void delayedMessagesArriveInTheEnd() {
        try (TestCluster cluster = startThree()) {
            for (Node from : cluster.nodes()) {
                for (Node to : cluster.others(from)) {
                    cluster.network().delay(from, to, cluster.electionTimeout().dividedBy(10));
                }
            }
            cluster.member(0).client().put("a", "late");
            assertThat(cluster.member(1).client().get("a")).contains("late");
        }
    }
}
