package io.etcetera.server.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.etcetera.mvcc.KvHash;
import io.etcetera.mvcc.KvHashResult;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import io.etcetera.server.ResultCallback;
import io.etcetera.server.consistency.PeerHash.Answer;
import io.etcetera.server.consistency.PeerHash.Hashed;
import io.etcetera.server.consistency.PeerHash.Silent;
import io.etcetera.server.propose.Proposer;
import io.etcetera.server.read.ReadBarrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ChecksTest {
    private static final long SELF = 1;
    private static final Silent SILENT = new Silent("no connection");

    private final List<KvHash> compactions = new ArrayList<>();
    private final Map<Long, Map<Long, Answer>> answers = new LinkedHashMap<>();
    private final List<Long> asked = new ArrayList<>();
    private final List<Long> alarms = new ArrayList<>();
    private KvHashResult current = result(11, 100, 50);
    private boolean leads = true;

    private final CheckParts parts =
            new CheckParts(SELF, new Own(), this::ask, new Reads(), new Alarms(), Duration.ofSeconds(7));

    private static KvHashResult result(int crc, long revision, long compactRevision) {
        return new KvHashResult(new KvHash(crc, revision, compactRevision), revision);
    }

    private static Hashed hashed(int crc, long revision, long compactRevision) {
        return new Hashed(result(crc, revision, compactRevision));
    }

    private void peerAnswers(long revision, long memberId, Answer answer) {
        answers.computeIfAbsent(revision, r -> new LinkedHashMap<>()).put(memberId, answer);
    }

    private List<PeerHash> ask(long revision) {
        asked.add(revision);
        return answers.getOrDefault(revision, Map.of()).entrySet().stream()
                .map(entry -> new PeerHash(entry.getKey(), List.of("http://peer"), entry.getValue()))
                .toList();
    }

    private final class Own implements OwnHashes {
        @Override
        public KvHashResult current() {
            return current;
        }

        @Override
        public List<KvHash> ofCompactions() {
            return List.copyOf(compactions);
        }
    }

    private final class Reads implements ReadBarrier {
        @Override
        public <T> void await(T token, ResultCallback<T> callback) {
            if (leads) {
                callback.completed(token);
            } else {
                callback.failed(new EtcdException(EtcdError.LEADER_CHANGED));
            }
        }
    }

    private final class Alarms implements Proposer {
        @Override
        public void propose(InternalRaftRequest.Builder request, ResultCallback<Message> callback) {
            assertThat(request.getAlarm().getAlarm()).isEqualTo(AlarmType.CORRUPT);
            alarms.add(request.getAlarm().getMemberID());
        }
    }

    @Test
    void aStartIsRefusedOnlyWhenTheSameHistoryDiffers() throws Exception {
        InitialCheck check = new InitialCheck(parts);
        peerAnswers(100, 2, hashed(11, 100, 50));
        peerAnswers(100, 3, hashed(99, 100, 60));
        peerAnswers(100, 4, SILENT);
        peerAnswers(100, 5, new PeerHash.Behind());
        check.run();
        peerAnswers(100, 6, hashed(12, 100, 50));
        assertThatThrownBy(check::run)
                .isInstanceOf(InconsistentException.class)
                .hasMessage("1 found data inconsistency with peers");
    }

    @Test
    void aLeaderNamesTheFirstFollowerThatDiffers() throws Exception {
        peerAnswers(100, 2, hashed(11, 100, 50));
        peerAnswers(100, 3, SILENT);
        new PeriodicCheck(parts).run();
        assertThat(alarms).isEmpty();
        peerAnswers(100, 3, hashed(12, 100, 50));
        peerAnswers(100, 4, hashed(13, 100, 50));
        new PeriodicCheck(parts).run();
        assertThat(alarms).containsExactly(3L);
    }

    @Test
    void aFollowerMustNotBeAheadOfTheLeader() throws Exception {
        peerAnswers(100, 2, new Hashed(new KvHashResult(new KvHash(12, 100, 40), 101)));
        new PeriodicCheck(parts).run();
        assertThat(alarms).containsExactly(2L);
        peerAnswers(100, 2, hashed(12, 100, 51));
        new PeriodicCheck(parts).run();
        assertThat(alarms).containsExactly(2L, 2L);
    }

    @Test
    void nothingIsSaidWithoutALinearizableRead() {
        peerAnswers(100, 2, hashed(12, 100, 50));
        leads = false;
        assertThatThrownBy(() -> new PeriodicCheck(parts).run()).isInstanceOf(ExecutionException.class);
        assertThat(alarms).isEmpty();
    }

    @Test
    void compactionsAreComparedUntilAllMembersHaveAnswered() throws Exception {
        compactions.addAll(List.of(new KvHash(3, 30, 20), new KvHash(2, 20, 10), new KvHash(1, 10, -1)));
        peerAnswers(30, 2, hashed(3, 30, 20));
        peerAnswers(30, 3, new PeerHash.Behind());
        peerAnswers(20, 2, hashed(2, 20, 10));
        peerAnswers(20, 3, hashed(2, 20, 10));
        CompactionCheck check = new CompactionCheck(parts);
        check.run();
        assertThat(asked).containsExactly(30L, 20L);
        // What has been agreed on is not asked for again.
        asked.clear();
        check.run();
        assertThat(asked).containsExactly(30L);
        assertThat(alarms).isEmpty();
    }

    @Test
    void theMinorityIsNamedBeItTheLeader() throws Exception {
        compactions.add(new KvHash(3, 30, 20));
        peerAnswers(30, 2, hashed(4, 30, 20));
        peerAnswers(30, 3, hashed(3, 30, 20));
        new CompactionCheck(parts).run();
        assertThat(alarms).containsExactly(2L);
        peerAnswers(30, 3, hashed(4, 30, 20));
        new CompactionCheck(parts).run();
        assertThat(alarms).containsExactly(2L, SELF);
    }

    @Test
    void withoutAMajorityTheAlarmNamesNobody() throws Exception {
        compactions.add(new KvHash(3, 30, 20));
        peerAnswers(30, 2, hashed(4, 30, 20));
        peerAnswers(30, 3, SILENT);
        new CompactionCheck(parts).run();
        assertThat(alarms).containsExactly(0L);
    }
}
