package io.etcetera.server.apply;

import static io.etcetera.server.apply.ApplyHarness.bytes;
import static io.etcetera.server.apply.ApplyHarness.putRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.etcetera.proto.etcdserverpb.AlarmRequest;
import io.etcetera.proto.etcdserverpb.AlarmRequest.AlarmAction;
import io.etcetera.proto.etcdserverpb.AlarmResponse;
import io.etcetera.proto.etcdserverpb.AlarmType;
import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.CompactionResponse;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.DeleteRangeResponse;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.LeaseCheckpointRequest;
import io.etcetera.proto.etcdserverpb.PutResponse;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.mvccpb.KeyValue;
import io.etcetera.server.EtcdError;
import io.etcetera.server.testing.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ApplyTest {
    private final Path directory;
    private ApplyHarness member;

    ApplyTest(@TempDir Path directory) {
        this.directory = directory;
        this.member = new ApplyHarness(directory);
    }

    @AfterEach
    void close() {
        member.close();
    }

    private void reopen(long quotaBytes) {
        member.close();
        member = new ApplyHarness(directory, quotaBytes);
    }

    private Answer<Message> compact(long revision, boolean physical) {
        return member.propose(InternalRaftRequest.newBuilder()
                .setCompaction(
                        CompactionRequest.newBuilder().setRevision(revision).setPhysical(physical)));
    }

    private AlarmResponse alarm(AlarmAction action, AlarmType type, long memberId) {
        return (AlarmResponse) member.propose(InternalRaftRequest.newBuilder()
                        .setAlarm(AlarmRequest.newBuilder()
                                .setAction(action)
                                .setAlarm(type)
                                .setMemberID(memberId)))
                .result();
    }

    @Test
    void putAnswersRevisionAndPreviousVersion() {
        assertThat(member.put("a", "1").getHeader().getRevision()).isEqualTo(2);
        PutResponse second =
                (PutResponse) member.put(putRequest("a", "2").setPrevKv(true)).result();
        assertThat(second.getHeader().getRevision()).isEqualTo(3);
        assertThat(second.getPrevKv())
                .isEqualTo(KeyValue.newBuilder()
                        .setKey(bytes("a"))
                        .setValue(bytes("1"))
                        .setCreateRevision(2)
                        .setModRevision(2)
                        .setVersion(1)
                        .build());
        PutResponse fresh =
                (PutResponse) member.put(putRequest("b", "").setPrevKv(true)).result();
        assertThat(fresh.hasPrevKv()).isFalse();
    }

    @Test
    void putMayKeepValueOrLease() {
        assertThat(member.put(putRequest("a", "").setIgnoreValue(true)).error()).isEqualTo(EtcdError.KEY_NOT_FOUND);
        assertThat(member.put(putRequest("a", "").setIgnoreLease(true)).error()).isEqualTo(EtcdError.KEY_NOT_FOUND);
        member.grant(5, 100);
        member.put(putRequest("a", "1").setLease(5)).result();
        member.put(putRequest("a", "2").setIgnoreLease(true)).result();
        assertThat(member.lessor.leaseOf(bytes("a").toByteArray())).isEqualTo(5);
        member.put(putRequest("a", "").setIgnoreValue(true)).result();
        assertThat(member.lessor.leaseOf(bytes("a").toByteArray())).isZero();
        assertThat(member.everything()).containsExactly("a=2");
        assertThat(member.put(putRequest("a", "x").setLease(6)).error()).isEqualTo(EtcdError.LEASE_NOT_FOUND);
    }

    @Test
    void deleteCountsAndReturnsWhatWasThere() {
        member.put("a", "1");
        member.put("b", "2");
        DeleteRangeResponse none = (DeleteRangeResponse)
                member.delete(DeleteRangeRequest.newBuilder().setKey(bytes("x")))
                        .result();
        assertThat(none.getDeleted()).isZero();
        assertThat(none.getHeader().getRevision()).isEqualTo(3);
        DeleteRangeResponse both = (DeleteRangeResponse) member.delete(DeleteRangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setRangeEnd(bytes("\0"))
                        .setPrevKv(true))
                .result();
        assertThat(both.getDeleted()).isEqualTo(2);
        assertThat(both.getHeader().getRevision()).isEqualTo(4);
        assertThat(both.getPrevKvsList())
                .extracting(kv -> kv.getKey().toStringUtf8())
                .containsExactly("a", "b");
    }

    @Test
    void physicalCompactionIsAnsweredWhenTheWorkIsDone() {
        for (int i = 0; i < 50; i++) {
            member.put("a", "" + i);
        }
        Answer<Message> physical = compact(40, true);
        member.store.compactionsDone().toCompletableFuture().join();
        awaitAnswer(physical);
        assertThat(((CompactionResponse) physical.result()).getHeader().getRevision())
                .isEqualTo(51);
        assertThat(compact(40, false).error()).isEqualTo(EtcdError.COMPACTED);
        Answer<Message> again = compact(40, true);
        awaitAnswer(again);
        assertThat(again.error()).isEqualTo(EtcdError.COMPACTED);
        assertThat(compact(52, false).error()).isEqualTo(EtcdError.FUTURE_REVISION);
        assertThat(((CompactionResponse) compact(45, false).result())
                        .getHeader()
                        .getRevision())
                .isEqualTo(51);
    }

    /** The answer comes from the store's own thread. */
    private static void awaitAnswer(Answer<Message> answer) {
        while (!answer.isGiven()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void alarmsAreListedRaisedAndDisarmed() {
        assertThat(alarm(AlarmAction.ACTIVATE, AlarmType.NONE, 1).getAlarmsList())
                .isEmpty();
        assertThat(alarm(AlarmAction.ACTIVATE, AlarmType.NOSPACE, 7).getAlarmsList())
                .hasSize(1);
        assertThat(alarm(AlarmAction.ACTIVATE, AlarmType.NOSPACE, 7).getAlarmsList())
                .hasSize(1);
        assertThat(alarm(AlarmAction.ACTIVATE, AlarmType.CORRUPT, 2).getAlarmsList())
                .hasSize(1);
        assertThat(alarm(AlarmAction.GET, AlarmType.NONE, 0).getAlarmsList()).hasSize(2);
        assertThat(alarm(AlarmAction.GET, AlarmType.CORRUPT, 0).getAlarmsList()).hasSize(1);
        assertThat(alarm(AlarmAction.DEACTIVATE, AlarmType.NOSPACE, 8).getAlarmsList())
                .isEmpty();
        reopen(0);
        assertThat(member.alarms.active()).hasSize(2);
        assertThat(alarm(AlarmAction.DEACTIVATE, AlarmType.NOSPACE, 7).getAlarmsList())
                .hasSize(1);
        assertThat(member.alarms.active()).hasSize(1);
    }

    @Test
    void withoutSpaceOnlyWhatNeedsRoomIsRefused() {
        member.put("a", "1");
        alarm(AlarmAction.ACTIVATE, AlarmType.NOSPACE, 7);
        assertThat(member.put(putRequest("b", "1")).error()).isEqualTo(EtcdError.NO_SPACE);
        assertThat(member.tryGrant(1, 10).error()).isEqualTo(EtcdError.NO_SPACE);
        RequestOp put =
                RequestOp.newBuilder().setRequestPut(putRequest("b", "1")).build();
        RequestOp delete = RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("a")))
                .build();
        assertThat(member.txnError(TxnRequest.newBuilder().addSuccess(delete).addFailure(put)))
                .isEqualTo(EtcdError.NO_SPACE);
        assertThat(member.txn(TxnRequest.newBuilder().addSuccess(delete)).getSucceeded())
                .isTrue();
        assertThat(compact(2, false).result()).isNotNull();
    }

    @Test
    void corruptionRefusesMoreThanLackOfSpace() {
        member.grant(1, 10);
        alarm(AlarmAction.ACTIVATE, AlarmType.NOSPACE, 7);
        alarm(AlarmAction.ACTIVATE, AlarmType.CORRUPT, 7);
        assertThat(member.put(putRequest("b", "1")).error()).isEqualTo(EtcdError.CORRUPT);
        assertThat(member.delete(DeleteRangeRequest.newBuilder().setKey(bytes("a")))
                        .error())
                .isEqualTo(EtcdError.CORRUPT);
        assertThat(member.txnError(TxnRequest.newBuilder())).isEqualTo(EtcdError.CORRUPT);
        assertThat(compact(1, false).error()).isEqualTo(EtcdError.CORRUPT);
        assertThat(member.tryGrant(2, 10).error()).isEqualTo(EtcdError.CORRUPT);
        assertThat(member.revoke(1).error()).isEqualTo(EtcdError.CORRUPT);
        alarm(AlarmAction.DEACTIVATE, AlarmType.CORRUPT, 7);
        assertThat(member.put(putRequest("b", "1")).error()).isEqualTo(EtcdError.NO_SPACE);
    }

    @Test
    void theQuotaAppliesTheWriteRefusesItAndRaisesTheAlarm() {
        reopen(1);
        String large = "1".repeat(1 << 17);
        assertThat(member.put(putRequest("a", large)).error()).isEqualTo(EtcdError.NO_SPACE);
        assertThat(member.everything()).containsExactly("a=" + large);
        assertThat(member.alarms.active()).singleElement().satisfies(alarm -> {
            assertThat(alarm.getAlarm()).isEqualTo(AlarmType.NOSPACE);
            assertThat(alarm.getMemberID()).isEqualTo(ApplyHarness.MEMBER_ID);
        });
        assertThat(member.put(putRequest("b", "1")).error()).isEqualTo(EtcdError.NO_SPACE);
        assertThat(member.everything()).containsExactly("a=" + large);
        assertThat(member.raft.committedIndex).as("the alarm is raised once").isEqualTo(3);
    }

    @Test
    void aQuotaOfAFewPagesHasRoomForSomethingInANewStore() {
        reopen(4 << 10);
        member.put("a", "1");
        assertThat(member.alarms.active()).isEmpty();
    }

    @Test
    void entriesAlreadyAppliedAreSkipped() {
        member.put("a", "1");
        member.put("a", "2");
        member.stateMachine.apply(member.raft.entries(0));
        assertThat(member.store.currentRevision()).isEqualTo(3);
        assertThat(member.applied.getAsLong()).isEqualTo(2);
        member.raft.append(new byte[0]);
        member.stateMachine.apply(member.raft.entries(0));
        assertThat(member.applied.getAsLong()).isEqualTo(3);
        assertThat(member.backend.consistentIndex()).isEqualTo(3);
    }

    @Test
    void requestsOfNewerVersionsAreFatal() {
        member.raft.append(InternalRaftRequest.newBuilder()
                .setLeaseCheckpoint(LeaseCheckpointRequest.getDefaultInstance())
                .build()
                .toByteArray());
        assertThatThrownBy(() -> member.stateMachine.apply(member.raft.entries(0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("written by a newer version");
        member.raft.append(new byte[] {(byte) 0xFF});
        assertThatThrownBy(() -> member.stateMachine.apply(member.raft.entries(1)))
                .hasMessageContaining("log entry 2 is not a request");
        assertThat(member.backend.consistentIndex()).isZero();
    }
}
