package io.etcetera.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Channel;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
@WithEtcd(members = 3)
class ThreeMembersTest {
    private final EtcdCluster cluster;

    ThreeMembersTest(EtcdCluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void everybodyIsUp() {
        assertThat(cluster.members()).allMatch(EtcdMember::isRunning);
    }

    @Test
    void goesOnWithoutItsLeader(Channel channel) {
        EtcdMember leader = cluster.awaitLeader();
        leader.kill();
        assertThat(leader.isRunning()).isFalse();
        Values.put(channel, "without", leader.name());
        assertThat(cluster.awaitLeader()).isNotSameAs(leader);
        leader.start();
        assertThat(Values.get(leader.channel(), "without")).isEqualTo(leader.name());
    }

    @Test
    void whoIsPartedFromTheOthersDoesNotSeeWhatTheyDo() {
        EtcdMember leader = cluster.awaitLeader();
        List<EtcdMember> others =
                cluster.members().stream().filter(member -> member != leader).toList();
        cluster.partition(leader);
        try {
            EtcdMember successor = cluster.awaitLeaderOtherThan(leader);
            assertThat(others).contains(successor);
            Values.put(successor.channel(), "parted", "yes");
            assertThat(Values.stale(leader.channel(), "parted")).isEmpty();
        } finally {
            cluster.heal();
        }
        assertThat(Values.get(leader.channel(), "parted")).isEqualTo("yes");
    }

    @Test
    void membersAreRestartedOneByOne(List<URI> endpoints, Channel channel) {
        assertThat(endpoints).hasSize(3).isEqualTo(cluster.clientEndpoints());
        for (EtcdMember member : cluster.members()) {
            Values.put(channel, "restarted", member.name());
            member.restart();
            assertThat(Values.get(member.channel(), "restarted")).isEqualTo(member.name());
            assertThat(member.failure()).isEmpty();
        }
    }
}
