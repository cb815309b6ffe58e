package io.etcetera.server.lease;

import static io.etcetera.server.apply.ApplyHarness.bytes;
import static io.etcetera.server.apply.ApplyHarness.putRequest;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.mvcc.schema.Bucket;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.LeaseRevokeResponse;
import io.etcetera.server.EtcdConfig;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.apply.ApplyHarness;
import io.etcetera.server.lease.Leases.LeaseState;
import io.etcetera.server.testing.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LessorTest {
    private final Path directory;
    private ApplyHarness member;

    LessorTest(@TempDir Path directory) {
        this.directory = directory;
        this.member = new ApplyHarness(directory);
        member.stateMachine.leaderStarted(1);
    }

    @AfterEach
    void close() {
        member.close();
    }

    private Answer<Long> renew(long leaseId) {
        Answer<Long> answer = new Answer<>();
        member.leases.renew(leaseId, answer);
        return answer;
    }

    private Answer<@Nullable LeaseState> state(long leaseId) {
        Answer<@Nullable LeaseState> answer = new Answer<>();
        member.leases.timeToLive(leaseId, true, answer);
        return answer;
    }

    private long remaining(long leaseId) {
        LeaseState state = state(leaseId).result();
        assertThat(state).isNotNull();
        return state.remainingTtlSeconds();
    }

    /** One pass of expiry, and what comes of it. */
    private void expire() {
        member.expirer.tick();
        member.commit();
    }

    @Test
    void theShortestLeaseFollowsTheElectionTimeout() {
        EtcdConfig.Builder config = EtcdConfig.builder();
        assertThat(LessorOptions.of(config.build()).minTtlSeconds()).isEqualTo(2);
        config.electionTimeout(Duration.ofSeconds(10));
        assertThat(LessorOptions.of(config.build()).minTtlSeconds()).isEqualTo(15);
    }

    @Test
    void grantsWithinBounds() {
        assertThat(member.grant(1, 60).getTTL()).isEqualTo(60);
        assertThat(member.grant(-3, 1).getTTL()).isEqualTo(2);
        assertThat(member.grant(2, -5).getTTL()).isEqualTo(2);
        assertThat(member.grant(3, 9_000_000_000L).getTTL()).isEqualTo(9_000_000_000L);
        assertThat(member.tryGrant(4, 9_000_000_001L).error()).isEqualTo(EtcdError.LEASE_TTL_TOO_LARGE);
        assertThat(member.tryGrant(1, 60).error()).isEqualTo(EtcdError.LEASE_EXISTS);
        assertThat(member.grant(0, 60).getID()).isPositive();
    }

    @Test
    void revokeDeletesItsKeysInOneRevision() {
        member.grant(1, 60);
        member.grant(2, 60);
        for (String key : List.of("c", "a", "b")) {
            member.put(putRequest(key, "1").setLease(1)).result();
        }
        member.put(putRequest("other", "1").setLease(2)).result();
        member.put(putRequest("b", "moved").setLease(2)).result();
        LeaseRevokeResponse response = (LeaseRevokeResponse) member.revoke(1).result();
        assertThat(response.getHeader().getRevision()).isEqualTo(7);
        assertThat(member.everything()).containsExactly("b=moved", "other=1");
        assertThat(member.revoke(1).error()).isEqualTo(EtcdError.LEASE_NOT_FOUND);
        List<byte[]> records = new ArrayList<>();
        member.backend.forEach(Bucket.LEASE, (key, value) -> records.add(key));
        assertThat(records).containsExactly(new byte[] {0, 0, 0, 0, 0, 0, 0, 2});
    }

    @Test
    void revokeOfALeaseWithoutKeysChangesNoRevision() {
        member.put("a", "1");
        member.grant(1, 60);
        assertThat(((LeaseRevokeResponse) member.revoke(1).result()).getHeader().getRevision())
                .isEqualTo(2);
    }

    @Test
    void deletedAndRewrittenKeysLeaveTheirLease() {
        member.grant(1, 60);
        member.put(putRequest("a", "1").setLease(1)).result();
        member.put(putRequest("b", "1").setLease(1)).result();
        member.put("a", "2");
        member.delete(DeleteRangeRequest.newBuilder().setKey(bytes("b")));
        LeaseState state = state(1).result();
        assertThat(state).isNotNull();
        assertThat(state.keys()).isEmpty();
    }

    @Test
    void leasesAndKeysComeBackAfterARestart() {
        member.grant(5, 60);
        member.grant(-1, 60);
        member.put(putRequest("a", "1").setLease(5)).result();
        member.close();
        member = new ApplyHarness(directory);
        assertThat(member.leases.leaseIds()).containsExactlyInAnyOrder(5L, -1L);
        member.stateMachine.leaderStarted(2);
        LeaseState state = state(5).result();
        assertThat(state).isNotNull();
        assertThat(state.keys()).containsExactly(bytes("a").toByteArray());
        assertThat(state.grantedTtlSeconds()).isEqualTo(60);
        assertThat(state.remainingTtlSeconds()).as("TTL and election timeout").isEqualTo(61);
    }

    @Test
    void expiresUnlessRenewed() {
        member.grant(1, 10);
        member.grant(2, 10);
        member.put(putRequest("a", "1").setLease(1)).result();
        member.put(putRequest("b", "1").setLease(2)).result();
        member.time.advance(Duration.ofSeconds(9));
        expire();
        assertThat(remaining(1)).isEqualTo(1);
        assertThat(renew(2).result()).isEqualTo(10);
        assertThat(member.leases.leaseIds()).containsExactly(1L, 2L);
        member.time.advance(Duration.ofSeconds(1));
        expire();
        assertThat(member.everything()).containsExactly("b=1");
        assertThat(member.leases.leaseIds()).containsExactly(2L);
        assertThat(renew(1).result()).isZero();
    }

    @Test
    void withinAMillisecondTheOneGrantedOrRenewedFirstIsAhead() {
        member.grant(5, 10);
        member.grant(1, 10);
        assertThat(member.leases.leaseIds()).containsExactly(5L, 1L);
        assertThat(renew(5).result()).isEqualTo(10);
        assertThat(member.leases.leaseIds()).containsExactly(1L, 5L);
    }

    @Test
    void aRenewalThatComesTooLateWaitsForTheRevoke() {
        member.grant(1, 10);
        member.time.advance(Duration.ofSeconds(10));
        Answer<Long> late = renew(1);
        member.expirer.tick();
        Answer<Long> later = renew(1);
        assertThat(late.isGiven()).isFalse();
        member.commit();
        assertThat(late.result()).isZero();
        assertThat(later.result()).isZero();
    }

    @Test
    void aRenewalDoesNotWaitForeverForTheRevoke() {
        member.grant(1, 10);
        member.time.advance(Duration.ofSeconds(10));
        Answer<Long> late = renew(1);
        member.time.advance(Duration.ofSeconds(7));
        member.leases.tick();
        assertThat(late.error()).isEqualTo(EtcdError.TIMEOUT);
    }

    @Test
    void failedRevokesAreTriedAgain() {
        member.grant(1, 10);
        member.time.advance(Duration.ofSeconds(10));
        member.expirer.tick();
        member.raft.close();
        assertThat(member.leases.leaseIds()).containsExactly(1L);
        expire();
        assertThat(member.leases.leaseIds()).isEmpty();
    }

    @Test
    void revokesAreBoundedInFlightAndInAPass() {
        for (long id = 1; id <= LeaseExpirer.MAX_PER_PASS + 10; id++) {
            member.grant(id, 10);
        }
        member.time.advance(Duration.ofSeconds(10));
        member.expirer.tick();
        assertThat(member.raft.proposals).hasSize(LeaseExpirer.MAX_IN_FLIGHT);
        member.commit();
        assertThat(member.leases.leaseIds()).hasSize(10);
        expire();
        assertThat(member.leases.leaseIds()).isEmpty();
    }

    @Test
    void withoutLeadershipNothingExpires() {
        member.grant(1, 10);
        member.raft.leading = false;
        member.stateMachine.leaderStopped();
        member.time.advance(Duration.ofDays(1));
        expire();
        assertThat(member.leases.leaseIds()).containsExactly(1L);
        Answer<Long> waiting = renew(1);
        Answer<Long> timedOut = renew(1);
        assertThat(waiting.isGiven()).isFalse();
        member.time.advance(Duration.ofSeconds(7));
        member.leases.tick();
        assertThat(timedOut.error()).isEqualTo(EtcdError.NO_LEADER);

        Answer<Long> renewedByNewLeader = renew(1);
        member.raft.leading = true;
        member.stateMachine.leaderStarted(2);
        assertThat(renewedByNewLeader.result()).isEqualTo(10);
    }

    @Test
    void unknownLeasesHaveNoState() {
        Answer<@Nullable LeaseState> answer = state(42);
        assertThat(answer.isGiven()).isTrue();
        assertThat(renew(42).result()).isZero();
    }

    @Test
    void aNewLeaderSpreadsLeasesThatWouldExpireTogether() {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            Lease lease = new Lease(i, 10);
            lease.expiryMillis = 5_000;
            leases.add(lease);
        }
        LeaseSpread.apply(leases);
        for (int i = 0; i < leases.size(); i++) {
            assertThat(leases.get(i).expiryMillis).isEqualTo(5_000 + 1_000L * (i / LeaseSpread.PER_SECOND));
        }
    }

    @Test
    void manyLeasesAreFine() throws EtcdException {
        int count = 100_000;
        member.backend.beginEntry();
        for (long id = 1; id <= count; id++) {
            member.lessor.grant(id, 10 + id);
        }
        member.backend.endEntry();
        for (long id = 1; id <= count; id++) {
            assertThat(renew(id).result()).isEqualTo(10 + id);
        }
        assertThat(member.leases.leaseIds()).hasSize(count).startsWith(1L, 2L).endsWith((long) count);
    }
}
