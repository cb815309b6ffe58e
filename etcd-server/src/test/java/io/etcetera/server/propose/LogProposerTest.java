package io.etcetera.server.propose;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseGrantRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.raft.Proposal;
import io.etcetera.raft.RaftException;
import io.etcetera.raft.RaftException.Kind;
import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.TestMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogProposerTest {
    private static final int MAX_BYTES = 1_000;
    private static final long MEMBER_ID = 0x1234_5678L;

    private final ManualTime time = new ManualTime();
    private final FakeRaftNode raft = new FakeRaftNode();
    private final AtomicLong applied = new AtomicLong();
    private final LogProposer proposer = new LogProposer(
            new ProposerOptions(MEMBER_ID, MAX_BYTES, Duration.ofSeconds(7), Duration.ofSeconds(1)),
            applied::get,
            time,
            TestMetrics.create().requests());

    @BeforeEach
    void attach() {
        raft.memberId = MEMBER_ID;
        proposer.attach(raft);
    }

    private Answer<Message> put(int valueBytes) {
        Answer<Message> answer = new Answer<>();
        proposer.propose(
                InternalRaftRequest.newBuilder()
                        .setPut(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("k"))
                                .setValue(ByteString.copyFrom(new byte[valueBytes]))),
                answer);
        return answer;
    }

    private InternalRaftRequest proposed(int i) throws InvalidProtocolBufferException {
        return InternalRaftRequest.parseFrom(raft.proposals.get(i).data());
    }

    @Test
    void answersWhenTheRequestIsApplied() throws InvalidProtocolBufferException {
        Answer<Message> answer = put(1);
        assertThat(answer.isGiven()).isFalse();
        long id = proposed(0).getHeader().getID();
        assertThat(id >>> 48).isEqualTo(0x5678);

        proposer.completed(id + 1, PutResponse.getDefaultInstance());
        assertThat(answer.isGiven()).isFalse();
        proposer.completed(id, PutResponse.getDefaultInstance());
        assertThat(answer.result()).isEqualTo(PutResponse.getDefaultInstance());
        proposer.completed(id, PutResponse.getDefaultInstance());
    }

    @Test
    void sizeIsThatOfTheWholeEncodedRequest() {
        int overhead = sizeWithValueOf(500) - 500;
        assertThat(put(MAX_BYTES).error()).isEqualTo(EtcdError.REQUEST_TOO_LARGE);
        assertThat(put(MAX_BYTES - overhead + 1).error()).isEqualTo(EtcdError.REQUEST_TOO_LARGE);
        assertThat(put(MAX_BYTES - overhead).isGiven()).isFalse();
    }

    private int sizeWithValueOf(int bytes) {
        put(bytes);
        return raft.proposals.get(raft.proposals.size() - 1).data().length;
    }

    @Test
    void turnsRequestsAwayWhenApplyingLagsBehind() {
        raft.committedIndex = 5_000;
        assertThat(put(1).isGiven()).isFalse();
        raft.committedIndex = 5_001;
        assertThat(put(1).error()).isEqualTo(EtcdError.TOO_MANY_REQUESTS);
        applied.set(1);
        assertThat(put(1).isGiven()).isFalse();
    }

    @Test
    void waitsForALeaderAndThenGoesOnInOrder() throws InvalidProtocolBufferException {
        raft.leading = false;
        List<Answer<Message>> answers = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            answers.add(put(i));
        }
        proposer.tick();
        assertThat(raft.proposals).isEmpty();

        raft.leading = true;
        proposer.leaderStarted();
        assertThat(raft.proposals).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(proposed(i).getPut().getValue().size()).isEqualTo(i + 1);
            proposer.completed(proposed(i).getHeader().getID(), PutResponse.getDefaultInstance());
            assertThat(answers.get(i).result()).isNotNull();
        }
    }

    @Test
    void withoutALeaderTheDeadlineIsExceeded() {
        raft.leading = false;
        Answer<Message> answer = put(1);
        time.advanceMillis(6_999);
        proposer.tick();
        assertThat(answer.isGiven()).isFalse();
        time.advanceMillis(1);
        proposer.tick();
        assertThat(answer.error()).isEqualTo(EtcdError.DEADLINE_EXCEEDED);

        raft.leading = true;
        proposer.tick();
        assertThat(raft.proposals).as("what has timed out is not proposed").isEmpty();
    }

    @Test
    void acceptedButNotAppliedIsATimeout() {
        Answer<Message> answer = put(1);
        time.advance(Duration.ofSeconds(7));
        proposer.tick();
        assertThat(answer.error()).isEqualTo(EtcdError.TIMEOUT);
    }

    @Test
    void aTimeoutAroundAnElectionIsPutDownToTheLostLeader() {
        Answer<Message> lost = put(1);
        time.advance(Duration.ofSeconds(2));
        proposer.leaderChanged(0);
        proposer.leaderChanged(9);
        time.advanceMillis(1);
        Answer<Message> later = put(1);
        time.advance(Duration.ofSeconds(7));
        proposer.tick();
        assertThat(lost.error()).isEqualTo(EtcdError.TIMEOUT_DUE_TO_LEADER_FAIL);
        assertThat(later.error()).isEqualTo(EtcdError.TIMEOUT);
    }

    @Test
    void anUndecidedProposalIsNeitherRetriedNorGivenUp() throws InvalidProtocolBufferException {
        Answer<Message> answer = put(1);
        Proposal proposal = raft.proposals.get(0);
        proposal.failed(new RaftException(Kind.UNKNOWN, "leader stepped down"));
        proposer.leaderStarted();
        assertThat(raft.proposals).hasSize(1);
        proposer.completed(proposed(0).getHeader().getID(), PutResponse.getDefaultInstance());
        assertThat(answer.result()).isNotNull();
    }

    @Test
    void refusalsOfTheLogBecomeErrors() {
        raft.refusal = Kind.BUSY;
        assertThat(put(1).error()).isEqualTo(EtcdError.TOO_MANY_REQUESTS);
        raft.refusal = Kind.FATAL;
        assertThat(put(1).error()).isEqualTo(EtcdError.STOPPED);
        raft.refusal = Kind.STOPPED;
        assertThat(put(1).error()).isEqualTo(EtcdError.STOPPED);
    }

    @Test
    void waitingForALeaderIsBounded() {
        raft.leading = false;
        for (int i = 0; i < ParkedCalls.MAX_CALLS; i++) {
            put(1);
        }
        assertThat(put(1).error()).isEqualTo(EtcdError.TOO_MANY_REQUESTS);
        time.advance(Duration.ofSeconds(7));
        proposer.tick();
        assertThat(put(1).isGiven()).as("room again once calls have timed out").isFalse();
    }

    @Test
    void closeStopsEverything() {
        Answer<Message> accepted = put(1);
        raft.leading = false;
        Answer<Message> parked = put(1);
        proposer.close();
        proposer.close();
        assertThat(accepted.error()).isEqualTo(EtcdError.STOPPED);
        assertThat(parked.error()).isEqualTo(EtcdError.STOPPED);
        assertThat(put(1).error()).isEqualTo(EtcdError.STOPPED);
    }

    @Test
    void aLeaseWithoutIdGetsOneBeforeItIsProposed() throws InvalidProtocolBufferException {
        proposer.propose(
                InternalRaftRequest.newBuilder()
                        .setLeaseGrant(LeaseGrantRequest.newBuilder().setTTL(5)),
                new Answer<>());
        proposer.propose(
                InternalRaftRequest.newBuilder()
                        .setLeaseGrant(LeaseGrantRequest.newBuilder().setTTL(5).setID(-3)),
                new Answer<>());
        assertThat(proposed(0).getLeaseGrant().getID()).isPositive();
        assertThat(proposed(1).getLeaseGrant().getID()).isEqualTo(-3);
    }

    @Test
    void requestIdsCarryMemberAndTime() {
        RequestIds ids = new RequestIds(0xABCD_1234L, time);
        long first = ids.next();
        long millis = time.currentTimeMillis() & ((1L << 40) - 1);
        assertThat(first).isEqualTo(0x1234L << 48 | ((millis << 8) + 1));
        long last = first;
        for (int i = 0; i < 1_000; i++) {
            long next = ids.next();
            assertThat(next).isEqualTo(last + 1);
            last = next;
        }
        assertThat(new RequestIds(0xFFFFL, time).nextLeaseId()).isPositive();
    }
}
