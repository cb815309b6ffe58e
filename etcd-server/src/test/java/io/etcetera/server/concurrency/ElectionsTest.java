package io.etcetera.server.concurrency;

import static io.etcetera.server.apply.ApplyHarness.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.v3electionpb.CampaignRequest;
import io.etcetera.proto.v3electionpb.CampaignResponse;
import io.etcetera.proto.v3electionpb.LeaderKey;
import io.etcetera.proto.v3electionpb.LeaderRequest;
import io.etcetera.proto.v3electionpb.LeaderResponse;
import io.etcetera.proto.v3electionpb.ProclaimRequest;
import io.etcetera.proto.v3electionpb.ProclaimResponse;
import io.etcetera.proto.v3electionpb.ResignRequest;
import io.etcetera.proto.v3electionpb.ResignResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElectionsTest {
    private static final LeaderRequest ELECTION =
            LeaderRequest.newBuilder().setName(bytes("name")).build();

    private ConcurrencyHarness harness;

    private record Campaigning(Operation operation, Answer<CampaignResponse> answer) {
        LeaderKey leader() {
            return answer.result().getLeader();
        }
    }

    @BeforeEach
    void open(@TempDir Path directory) {
        harness = new ConcurrencyHarness(directory);
        harness.grant(0xabc, 0xdef, 0x123);
    }

    @AfterEach
    void close() {
        harness.close();
    }

    private Campaigning enter(long leaseId, String value) {
        CampaignRequest request = CampaignRequest.newBuilder()
                .setName(bytes("name"))
                .setLease(leaseId)
                .setValue(bytes(value))
                .build();
        Answer<CampaignResponse> answer = new Answer<>();
        return new Campaigning(Elections.campaign(harness.client(), request, answer), answer);
    }

    private Campaigning campaign(long leaseId, String value) {
        Campaigning campaigning = enter(leaseId, value);
        harness.settle();
        return campaigning;
    }

    private Answer<ProclaimResponse> proclaim(ProclaimRequest.Builder request) {
        Answer<ProclaimResponse> answer = new Answer<>();
        Elections.proclaim(harness.client(), request.build(), answer);
        harness.settle();
        return answer;
    }

    private Answer<ResignResponse> resign(ResignRequest.Builder request) {
        Answer<ResignResponse> answer = new Answer<>();
        Elections.resign(harness.client(), request.build(), answer);
        harness.settle();
        return answer;
    }

    private Answer<LeaderResponse> leader() {
        Answer<LeaderResponse> answer = new Answer<>();
        Elections.leader(harness.client(), ELECTION, answer);
        harness.settle();
        return answer;
    }

    private static ProclaimRequest.Builder proclamation(LeaderKey leader, String value) {
        return ProclaimRequest.newBuilder().setLeader(leader).setValue(bytes(value));
    }

    @Test
    void theFirstCandidateIsElected() {
        assertThat(leader().error()).isEqualTo(EtcdError.ELECTION_NO_LEADER);
        Campaigning first = campaign(0xabc, "one");
        assertThat(first.leader())
                .isEqualTo(LeaderKey.newBuilder()
                        .setName(bytes("name"))
                        .setKey(bytes("name/abc"))
                        .setRev(2)
                        .setLease(0xabc)
                        .build());
        assertThat(leader().result().getKv().getValue()).isEqualTo(bytes("one"));
        assertThat(leader().result().getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void campaigningAgainProclaims() {
        campaign(0xabc, "one");
        assertThat(campaign(0xabc, "one").leader().getRev()).isEqualTo(2);
        assertThat(leader().result().getKv().getModRevision()).isEqualTo(2);

        Campaigning other = campaign(0xabc, "two");
        assertThat(other.leader().getRev()).isEqualTo(2);
        assertThat(other.answer().result().getHeader().getRevision())
                .as("the header of its entry")
                .isEqualTo(2);
        assertThat(harness.member.everything()).containsExactly("name/abc=two");
    }

    @Test
    void whoFindsItsKeyGoneWhenItProclaimsIsNotLeader() {
        campaign(0xabc, "one");
        Campaigning again = enter(0xabc, "two");
        harness.member.commit();
        harness.member.delete(DeleteRangeRequest.newBuilder().setKey(bytes("name/abc")));
        harness.settle();
        assertThat(again.answer().error()).isEqualTo(EtcdError.ELECTION_NOT_LEADER);
        assertThat(harness.member.everything()).isEmpty();
    }

    @Test
    void theNextCandidateFollowsWhenTheLeaderResigns() {
        LeaderKey first = campaign(0xabc, "one").leader();
        Campaigning second = campaign(0xdef, "two");
        assertThat(second.answer().isGiven()).isFalse();

        assertThat(resign(ResignRequest.newBuilder().setLeader(first))
                        .result()
                        .getHeader()
                        .getRevision())
                .isEqualTo(4);
        assertThat(second.leader().getRev()).isEqualTo(3);
        assertThat(second.answer().result().getHeader().getRevision())
                .as("the header of its entry")
                .isEqualTo(3);
        assertThat(resign(ResignRequest.newBuilder().setLeader(first))
                        .result()
                        .getHeader()
                        .getRevision())
                .as("resigning twice")
                .isEqualTo(4);
    }

    @Test
    void aCandidateWhoseLeaseEndsIsToldThatItWasElected() {
        LeaderKey first = campaign(0xabc, "one").leader();
        Campaigning second = campaign(0xdef, "two");
        harness.revoke(0xdef);
        resign(ResignRequest.newBuilder().setLeader(first));
        assertThat(second.leader().getLease()).isEqualTo(0xdef);
    }

    @Test
    void cancellingWithdrawsTheCandidate() {
        campaign(0xabc, "one");
        Campaigning second = campaign(0xdef, "two");
        second.operation().cancel();
        harness.settle();
        assertThat(second.answer().error()).isEqualTo(EtcdError.CANCELED);
        assertThat(harness.member.everything()).containsExactly("name/abc=one");
    }

    @Test
    void onlyWhoPutTheKeyProclaimsAndResigns() {
        LeaderKey leader = campaign(0xabc, "one").leader();
        assertThat(proclaim(proclamation(leader, "two")).result().getHeader().getRevision())
                .isEqualTo(3);

        LeaderKey stale = leader.toBuilder().setRev(1).build();
        assertThat(proclaim(proclamation(stale, "three")).error()).isEqualTo(EtcdError.ELECTION_NOT_LEADER);
        resign(ResignRequest.newBuilder().setLeader(stale)).result();
        assertThat(harness.member.everything()).containsExactly("name/abc=two");

        LeaderKey otherLease = leader.toBuilder().setLease(0x999).build();
        assertThat(proclaim(proclamation(otherLease, "three")).error()).isEqualTo(EtcdError.LEASE_NOT_FOUND);
    }

    @Test
    void withoutALeaderThereIsNothingToDo() {
        LeaderKey none = LeaderKey.getDefaultInstance();
        assertThat(proclaim(ProclaimRequest.newBuilder()).error()).isEqualTo(EtcdError.LEADER_MISSING);
        assertThat(resign(ResignRequest.newBuilder()).error()).isEqualTo(EtcdError.LEADER_MISSING);
        assertThat(proclaim(proclamation(none, "x")).error()).isEqualTo(EtcdError.EMPTY_KEY);
        assertThat(resign(ResignRequest.newBuilder().setLeader(none)).error()).isEqualTo(EtcdError.EMPTY_KEY);
        assertThat(harness.member.leases.leaseIds()).as("a lease for each").hasSize(5);
    }

    private final class Recorder implements Observation.Output {
        final List<String> seen = new ArrayList<>();
        boolean room = true;
        int ends;
        final Observation observation = Observation.start(harness.client(), ELECTION, this);

        @Override
        public boolean hasRoom() {
            return room;
        }

        @Override
        public void send(LeaderResponse response) {
            seen.add(response.getKv().getKey().toStringUtf8() + "="
                    + response.getKv().getValue().toStringUtf8() + "@"
                    + response.getHeader().getRevision());
        }

        @Override
        public void end() {
            ends++;
        }
    }

    private Recorder observe() {
        Recorder recorder = new Recorder();
        harness.settle();
        return recorder;
    }

    @Test
    void anObserverSeesLeadersAndWhatTheyProclaim() {
        Recorder early = observe();
        LeaderKey first = campaign(0xabc, "one").leader();
        harness.settle();
        proclaim(proclamation(first, "two"));
        campaign(0xdef, "three");
        Recorder late = observe();
        resign(ResignRequest.newBuilder().setLeader(first));

        assertThat(early.seen).containsExactly("name/abc=one@2", "name/abc=two@3", "name/def=three@5");
        assertThat(late.seen).containsExactly("name/abc=two@4", "name/def=three@5");

        early.observation.close();
        harness.revoke(0xdef);
        campaign(0x123, "four");
        assertThat(early.seen).hasSize(3);
        assertThat(late.seen).endsWith("name/123=four@7");
        assertThat(early.ends + late.ends).isZero();
    }

    @Test
    void anObserverWithoutRoomMissesNothing() throws InterruptedException {
        LeaderKey leader = campaign(0xabc, "0").leader();
        Recorder slow = observe();
        slow.room = false;
        int values = EventBuffer.MAX_BATCHES * 3;
        for (int i = 1; i <= values; i++) {
            proclaim(proclamation(leader, Integer.toString(i))).result();
        }
        assertThat(slow.seen).containsExactly("name/abc=0@2");

        slow.room = true;
        slow.observation.drain();
        harness.settleUntil(() -> slow.seen.size() == values + 1);
        for (int i = 1; i <= values; i++) {
            assertThat(slow.seen.get(i)).startsWith("name/abc=" + i + "@");
        }
    }
}
