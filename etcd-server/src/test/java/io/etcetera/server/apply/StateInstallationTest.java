package io.etcetera.server.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AlarmMember;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.membershippb.ClusterVersionSetRequest;
import io.etcetera.server.lease.Leases.LeaseState;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.transport.StateSource;
import io.etcetera.server.transport.copy.StateCopies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A leader and a follower with one log, which the follower sees only parts of. */
@Timeout(120)
class StateInstallationTest {
    private static final long LEADER = 7;

    private final Path followerHome;
    private final ApplyHarness leader;
    private final StateCopies copies;
    private ApplyHarness follower;

    StateInstallationTest(@TempDir Path directory) throws IOException {
        followerHome = Files.createDirectory(directory.resolve("follower"));
        leader = new ApplyHarness(Files.createDirectory(directory.resolve("leader")));
        copies = new StateCopies(leader.backend, leader.time);
        leader.stateMachine.leaderStarted(1);
        follower = open();
    }

    private ApplyHarness open() {
        ApplyHarness opened = new ApplyHarness(followerHome);
        opened.fetcher = this::fetch;
        return opened;
    }

    @AfterEach
    void close() {
        leader.close();
        follower.close();
    }

    /** As the network does, in pieces. */
    private void fetch(long memberId, long index, Path file) throws IOException, InterruptedException {
        assertThat(memberId).isEqualTo(LEADER);
        try (StateSource.Copy copy = copies.open(index, "")) {
            byte[] all = new byte[(int) copy.length()];
            for (int at = 0; at < all.length; at += 1000) {
                copy.read(ByteBuffer.wrap(all, at, Math.min(1000, all.length - at)));
            }
            Files.write(file, all);
        }
    }

    /** Everything the leader has committed, as far as the follower does not have it yet. */
    private void replicate() {
        follower.stateMachine.apply(leader.raft.entries(0));
    }

    private void install() throws IOException, InterruptedException {
        long index = leader.applied.getAsLong();
        follower.stateMachine.fetchState(LEADER, index);
        assertThat(follower.stateMachine.installState()).isEqualTo(index);
    }

    private Answer<@Nullable LeaseState> leaseOnFollower(long leaseId) {
        Answer<@Nullable LeaseState> state = new Answer<>();
        follower.leases.timeToLive(leaseId, true, state);
        return state;
    }

    private void alarm(AlarmRequest.AlarmAction action) {
        leader.propose(InternalRaftRequest.newBuilder()
                        .setAlarm(AlarmRequest.newBuilder()
                                .setAction(action)
                                .setMemberID(9)
                                .setAlarm(AlarmType.NOSPACE)))
                .result();
    }

    @Test
    void allStateIsThatOfTheLeader() throws Exception {
        leader.grant(1, 100);
        leader.put(ApplyHarness.putRequest("gone", "1").setLease(1));
        replicate();
        leader.revoke(1);
        leader.grant(2, 200);
        leader.put(ApplyHarness.putRequest("kept", "2").setLease(2));
        leader.propose(InternalRaftRequest.newBuilder()
                .setClusterVersionSet(ClusterVersionSetRequest.newBuilder().setVer("3.7.0")));
        alarm(AlarmRequest.AlarmAction.ACTIVATE);
        List<Long> reached = new ArrayList<>();
        long index = leader.applied.getAsLong();
        follower.applied.await(index, () -> reached.add(index));
        assertThat(follower.everything()).containsExactly("gone=1");

        install();

        assertThat(follower.everything()).containsExactly("kept=2");
        assertThat(reached).containsExactly(index);
        assertThat(follower.cluster.versions().cluster()).contains("3.7.0");
        assertThat(follower.alarms.active())
                .extracting(AlarmMember::getMemberID)
                .containsExactly(9L);
        assertThat(follower.lessor.exists(1)).isFalse();
        assertThat(follower.lessor.exists(2)).isTrue();
        follower.stateMachine.leaderStarted(2);
        LeaseState lease = leaseOnFollower(2).result();
        assertThat(lease).isNotNull();
        assertThat(lease.grantedTtlSeconds()).isEqualTo(200);
        assertThat(lease.keys()).containsExactly("kept".getBytes(UTF_8));
    }

    @Test
    void theLogGoesOnBehindTheCopy() throws Exception {
        leader.put("a", "1");
        install();
        leader.grant(5, 100);
        leader.put(ApplyHarness.putRequest("b", "2").setLease(5));
        replicate();
        assertThat(follower.everything()).containsExactly("a=1", "b=2");
        leader.revoke(5);
        replicate();
        assertThat(follower.everything()).containsExactly("a=1");
        follower.close();
        follower = open();
        assertThat(follower.everything()).containsExactly("a=1");
        assertThat(follower.applied.getAsLong()).isEqualTo(leader.applied.getAsLong());
    }

    @Test
    void aProposalThatWaitsIsAnsweredByTheLogAndNotByTheCopy() throws Exception {
        Answer<Message> waiting = new Answer<>();
        follower.proposer.propose(
                InternalRaftRequest.newBuilder().setPut(ApplyHarness.putRequest("mine", "1")), waiting);
        leader.put("a", "1");
        install();
        assertThat(waiting.isGiven()).isFalse();
    }

    @Test
    void whatIsHereAlreadyIsNotFetchedAgain() throws Exception {
        leader.put("a", "1");
        replicate();
        follower.fetcher = StateFetcher.NONE;
        long index = leader.applied.getAsLong();
        follower.stateMachine.fetchState(LEADER, index);
        assertThat(follower.stateMachine.installState()).isEqualTo(index);
        assertThat(follower.everything()).containsExactly("a=1");
    }

    @Test
    void whatWasFetchedButNotInstalledServesTheNextOffer() throws Exception {
        leader.put("a", "1");
        long index = leader.applied.getAsLong();
        follower.stateMachine.fetchState(LEADER, index);
        follower.fetcher = StateFetcher.NONE;
        follower.stateMachine.fetchState(LEADER, index);
        assertThat(follower.stateMachine.installState()).isEqualTo(index);
        assertThat(follower.everything()).containsExactly("a=1");
    }

    @Test
    void aCopyThatDoesNotReachFarEnoughOrIsDamagedChangesNothing() throws Exception {
        leader.put("a", "1");
        follower.fetcher = (member, index, file) -> fetch(member, 1, file);
        assertThatThrownBy(() -> follower.stateMachine.fetchState(LEADER, 100))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not to 100");
        follower.fetcher = (member, index, file) -> {
            fetch(member, index, file);
            byte[] bytes = Files.readAllBytes(file);
            for (int i = bytes.length / 2; i < bytes.length; i++) {
                bytes[i] ^= 1;
            }
            Files.write(file, bytes);
        };
        assertThatThrownBy(() -> follower.stateMachine.fetchState(LEADER, 1)).isInstanceOf(IOException.class);
        assertThat(follower.everything()).isEmpty();
        assertThat(follower.backend.incomingFile()).doesNotExist();
        follower.fetcher = this::fetch;
        install();
        assertThat(follower.everything()).containsExactly("a=1");
    }
}
