package io.etcetera.server.propose;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.Answer;
import io.etcetera.server.testing.FakeRaftNode;
import io.etcetera.server.testing.ManualTime;
import io.etcetera.server.testing.TestMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proposals on a member that does not lead. */
class ForwardingTest {
    private static final long SELF = 1;
    private static final long LEADER = 2;
    private static final long NEXT_LEADER = 3;

    private final ManualTime time = new ManualTime();
    private final FakeRaftNode raft = new FakeRaftNode();
    private final Network network = new Network();
    private final LogProposer proposer = new LogProposer(
            new ProposerOptions(SELF, 8 << 20, Duration.ofSeconds(7), Duration.ofSeconds(1)),
            () -> 0,
            time,
            TestMetrics.create().requests());

    /** Remembers what was sent to whom. */
    private static final class Network implements EntryForwarder, Reachability {
        private record Sent(long leaderId, long requestId, byte[] entry) {}

        private final List<Sent> sent = new ArrayList<>();
        private final Map<Long, Long> activeSince = new HashMap<>();
        private boolean quorum = true;
        private boolean connected = true;

        @Override
        public boolean forward(long leaderId, long requestId, byte[] entry) {
            if (connected) {
                sent.add(new Sent(leaderId, requestId, entry));
            }
            return connected;
        }

        @Override
        public boolean reachedSince(long memberId, long nanos) {
            return activeSince.containsKey(memberId) && activeSince.get(memberId) < nanos;
        }

        @Override
        public boolean reachedQuorumSince(long nanos) {
            return quorum;
        }

        private long requestId(int i) {
            return sent.get(i).requestId();
        }
    }

    @BeforeEach
    void follow() {
        raft.leading = false;
        proposer.attach(raft, network, network);
        leader(LEADER);
        network.activeSince.put(LEADER, time.nanoTime());
        time.advance(Duration.ofMinutes(1));
    }

    private void leader(long id) {
        raft.leading = id == SELF;
        raft.otherLeader = id == SELF ? 0 : id;
        proposer.leaderChanged(id);
        if (id == SELF) {
            proposer.leaderStarted();
        }
    }

    private Answer<Message> put() {
        return put(proposer, 1);
    }

    private static Answer<Message> put(Proposer proposer, int valueBytes) {
        Answer<Message> answer = new Answer<>();
        proposer.propose(
                InternalRaftRequest.newBuilder()
                        .setPut(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("k"))
                                .setValue(ByteString.copyFrom(new byte[valueBytes]))),
                answer);
        return answer;
    }

    private void applied(long requestId) {
        proposer.completed(requestId, PutResponse.getDefaultInstance());
    }

    private EtcdError timedOut(Answer<Message> answer) {
        time.advance(Duration.ofSeconds(7));
        proposer.tick();
        return answer.error();
    }

    @Test
    void theLeaderIsGivenTheEntryAndTheAnswerComesFromApplyingIt() throws Exception {
        Answer<Message> answer = put();
        assertThat(network.sent).hasSize(1);
        Network.Sent sent = network.sent.get(0);
        assertThat(sent.leaderId()).isEqualTo(LEADER);
        assertThat(InternalRaftRequest.parseFrom(sent.entry()).getHeader().getID())
                .isEqualTo(sent.requestId());
        assertThat(answer.isGiven()).isFalse();
        applied(sent.requestId());
        assertThat(answer.result()).isEqualTo(PutResponse.getDefaultInstance());
    }

    @Test
    void withoutALeaderItWaitsAndThenGoesInOrder() {
        leader(0);
        put();
        put();
        proposer.tick();
        assertThat(network.sent).isEmpty();
        leader(LEADER);
        assertThat(network.sent).extracting(Network.Sent::leaderId).containsExactly(LEADER, LEADER);
        assertThat(network.requestId(1)).isEqualTo(network.requestId(0) + 1);
    }

    @Test
    void whatTheLeaderDidNotTakeIsOfferedAgain() {
        Answer<Message> answer = put();
        long id = network.requestId(0);
        proposer.refused(id, LogRefusal.NOT_TAKEN);
        assertThat(network.sent)
                .as("not at once: the same leader would refuse again")
                .hasSize(1);
        proposer.tick();
        assertThat(network.sent).hasSize(2);
        proposer.refused(id, LogRefusal.NOT_TAKEN);
        leader(NEXT_LEADER);
        assertThat(network.sent).hasSize(3);
        assertThat(network.sent.get(2).leaderId()).isEqualTo(NEXT_LEADER);
        applied(id);
        assertThat(answer.result()).isNotNull();
    }

    @Test
    void whatTheLeaderDidNotTakeGoesIntoOurOwnLogIfWeLeadNext() {
        put();
        proposer.refused(network.requestId(0), LogRefusal.NOT_TAKEN);
        leader(SELF);
        assertThat(network.sent).hasSize(1);
        assertThat(raft.proposals).hasSize(1);
    }

    @Test
    void whatMayHaveBeenTakenIsNeverSentAgain() {
        Answer<Message> answer = put();
        long id = network.requestId(0);
        leader(0);
        leader(NEXT_LEADER);
        proposer.tick();
        leader(SELF);
        proposer.tick();
        assertThat(network.sent).hasSize(1);
        assertThat(raft.proposals).isEmpty();
        applied(id);
        assertThat(answer.result()).isNotNull();
    }

    @Test
    void anUndecidedEntryIsNotSentAgainEvenIfARefusalFollows() {
        put();
        proposer.refused(network.requestId(0), LogRefusal.UNDECIDED);
        proposer.refused(network.requestId(0), LogRefusal.NOT_TAKEN);
        leader(NEXT_LEADER);
        assertThat(network.sent).hasSize(1);
    }

    @Test
    void oneRefusalMakesOneOffer() {
        put();
        proposer.refused(network.requestId(0), LogRefusal.NOT_TAKEN);
        proposer.refused(network.requestId(0), LogRefusal.NOT_TAKEN);
        proposer.tick();
        proposer.tick();
        assertThat(network.sent).hasSize(2);
    }

    @Test
    void refusalsOfRequestsThatAreAnsweredDoNothing() {
        Answer<Message> answer = put();
        long id = network.requestId(0);
        applied(id);
        proposer.refused(id, LogRefusal.NOT_TAKEN);
        proposer.refused(id + 1, LogRefusal.BUSY);
        proposer.tick();
        assertThat(answer.result()).isNotNull();
        assertThat(network.sent).hasSize(1);
    }

    @Test
    void aBusyLeaderTurnsRequestsAway() {
        Answer<Message> answer = put();
        proposer.refused(network.requestId(0), LogRefusal.BUSY);
        assertThat(answer.error()).isEqualTo(EtcdError.TOO_MANY_REQUESTS);
    }

    @Test
    void whatCannotBeSentIsTriedAgain() {
        network.connected = false;
        put();
        proposer.tick();
        network.connected = true;
        proposer.tick();
        proposer.tick();
        assertThat(network.sent).hasSize(1);
    }

    @Test
    void whatIsForLeadersOnlyIsNotForwarded() {
        assertThat(put(proposer.whileLeading(), 1).error()).isEqualTo(EtcdError.NOT_LEADER);
        assertThat(network.sent).isEmpty();
        leader(SELF);
        assertThat(put(proposer.whileLeading(), 1).isGiven()).isFalse();
        assertThat(raft.proposals).hasSize(1);
    }

    @Test
    void neitherWaitingCallsNorTheirBytesPileUp() {
        network.connected = false;
        int bytes = 4 << 20;
        for (int i = 0; i < ParkedCalls.MAX_BYTES / bytes - 1; i++) {
            assertThat(put(proposer, bytes).isGiven()).isFalse();
        }
        assertThat(put(proposer, bytes).error()).isEqualTo(EtcdError.TOO_MANY_REQUESTS);
        network.connected = true;
        proposer.tick();
        int sent = network.sent.size();
        while (network.sent.size() < ForwardedCalls.MAX_BYTES / bytes - 1) {
            assertThat(put(proposer, bytes).isGiven()).isFalse();
            sent++;
            assertThat(network.sent).hasSize(sent);
        }
        assertThat(put(proposer, bytes).isGiven()).as("parked").isFalse();
        assertThat(network.sent).hasSize(sent);
        applied(network.requestId(0));
        proposer.tick();
        assertThat(network.sent).hasSize(sent + 1);
    }

    @Test
    void forwardedCallsAreBoundedInNumber() {
        for (int i = 0; i < ForwardedCalls.MAX_CALLS; i++) {
            put();
        }
        put();
        assertThat(network.sent).hasSize(ForwardedCalls.MAX_CALLS);
        time.advance(Duration.ofSeconds(7));
        proposer.tick();
        put();
        assertThat(network.sent).hasSize(ForwardedCalls.MAX_CALLS + 1);
    }

    @Test
    void stopEndsForwardedCalls() {
        Answer<Message> answer = put();
        proposer.close();
        assertThat(answer.error()).isEqualTo(EtcdError.STOPPED);
        proposer.refused(network.requestId(0), LogRefusal.NOT_TAKEN);
        leader(NEXT_LEADER);
        assertThat(network.sent).hasSize(1);
    }

    @Test
    void withoutALeaderForTheWholeTimeTheDeadlineIsExceeded() {
        leader(0);
        assertThat(timedOut(put())).isEqualTo(EtcdError.DEADLINE_EXCEEDED);
    }

    @Test
    void aLeaderThatAnswersButDoesNotApplyIsAPlainTimeout() {
        assertThat(timedOut(put())).isEqualTo(EtcdError.TIMEOUT);
    }

    @Test
    void aLeaderLostWithoutASuccessorIsAPlainTimeout() {
        Answer<Message> forwarded = put();
        network.connected = false;
        Answer<Message> parked = put();
        leader(0);
        assertThat(timedOut(forwarded)).isEqualTo(EtcdError.TIMEOUT);
        assertThat(parked.error()).isEqualTo(EtcdError.TIMEOUT);
    }

    @Test
    void aLeaderThatWasOutOfReachIsALostConnection() {
        Answer<Message> before = put();
        network.activeSince.put(LEADER, time.nanoTime());
        assertThat(timedOut(before)).isEqualTo(EtcdError.TIMEOUT_DUE_TO_CONNECTION_LOST);
        network.activeSince.remove(LEADER);
        network.connected = false;
        assertThat(timedOut(put())).isEqualTo(EtcdError.TIMEOUT_DUE_TO_CONNECTION_LOST);
    }

    @Test
    void aLeaderWithoutItsQuorumHasLostItsConnections() {
        leader(SELF);
        time.advance(Duration.ofMinutes(1));
        network.quorum = false;
        Answer<Message> answer = put();
        assertThat(raft.proposals).hasSize(1);
        assertThat(timedOut(answer)).isEqualTo(EtcdError.TIMEOUT_DUE_TO_CONNECTION_LOST);
        network.quorum = true;
        assertThat(timedOut(put())).isEqualTo(EtcdError.TIMEOUT);
    }

    @Test
    void aCallThatSawTheLeaderChangeIsPutDownToTheOldOne() {
        Answer<Message> answer = put();
        time.advance(Duration.ofSeconds(2));
        leader(NEXT_LEADER);
        assertThat(timedOut(answer)).isEqualTo(EtcdError.TIMEOUT_DUE_TO_LEADER_FAIL);
    }
}
