package io.etcetera.server.apply;

import static io.etcetera.server.apply.ApplyHarness.bytes;
import static io.etcetera.server.apply.ApplyHarness.putRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcetera.proto.etcdserverpb.CompactionRequest;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.Compare.CompareResult;
import io.etcetera.proto.etcdserverpb.Compare.CompareTarget;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.InternalRaftRequest;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.ResponseHeader;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.proto.etcdserverpb.TxnResponse;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TxnTest {
    private final ApplyHarness member;

    TxnTest(@TempDir Path directory) {
        member = new ApplyHarness(directory);
    }

    @AfterEach
    void close() {
        member.close();
    }

    private static RequestOp put(PutRequest.Builder put) {
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    private static RequestOp range(String key, long revision) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(bytes(key)).setRevision(revision))
                .build();
    }

    private static RequestOp delete(String key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(bytes(key)).setPrevKv(true))
                .build();
    }

    private static RequestOp nested(TxnRequest.Builder txn) {
        return RequestOp.newBuilder().setRequestTxn(txn).build();
    }

    private boolean holds(Compare.Builder compare) {
        return member.txn(TxnRequest.newBuilder().addCompare(compare)).getSucceeded();
    }

    /** Key "a" is at create revision 2, mod revision 3, version 2, value "v2"; "b" at 4, 4, 1, "x" with lease 7. */
    private void fill() {
        member.put("a", "v1");
        member.put("a", "v2");
        member.grant(7, 100);
        assertThat(member.put(putRequest("b", "x").setLease(7)).isGiven()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // target, key, range end, operand, then whether EQUAL, GREATER, LESS, NOT_EQUAL hold
        "VERSION, a, '', 2, true, false, false, false",
        "VERSION, a, '', 1, false, true, false, true",
        "CREATE, a, '', 3, false, false, true, true",
        "MOD, a, '', 3, true, false, false, false",
        "LEASE, b, '', 7, true, false, false, false",
        "LEASE, a, '', 0, true, false, false, false",
        // a missing key compares as zeros
        "VERSION, none, '', 0, true, false, false, false",
        "CREATE, none, '', -1, false, true, false, true",
        // a range holds only if all of it does; an empty one is a missing key
        "VERSION, a, c, 0, false, true, false, true",
        "VERSION, a, c, 1, false, false, false, false",
        "MOD, x, z, 0, true, false, false, false",
    })
    void comparesNumbers(
            CompareTarget target,
            String key,
            String end,
            long operand,
            boolean equal,
            boolean greater,
            boolean less,
            boolean notEqual) {
        fill();
        Compare.Builder compare =
                Compare.newBuilder().setTarget(target).setKey(bytes(key)).setRangeEnd(bytes(end));
        switch (target) {
            case VERSION -> compare.setVersion(operand);
            case CREATE -> compare.setCreateRevision(operand);
            case MOD -> compare.setModRevision(operand);
            case LEASE -> compare.setLease(operand);
            case VALUE, UNRECOGNIZED -> throw new AssertionError();
        }
        assertThat(holds(compare.setResult(CompareResult.EQUAL))).isEqualTo(equal);
        assertThat(holds(compare.setResult(CompareResult.GREATER))).isEqualTo(greater);
        assertThat(holds(compare.setResult(CompareResult.LESS))).isEqualTo(less);
        assertThat(holds(compare.setResult(CompareResult.NOT_EQUAL))).isEqualTo(notEqual);
    }

    @Test
    void comparesValuesBytewiseAndNeverForMissingKeys() {
        fill();
        Compare.Builder value =
                Compare.newBuilder().setTarget(CompareTarget.VALUE).setKey(bytes("a"));
        assertThat(holds(value.setValue(bytes("v2")))).isTrue();
        assertThat(holds(value.setValue(bytes("v10")).setResult(CompareResult.GREATER)))
                .isTrue();
        assertThat(holds(value.clearTargetUnion().setResult(CompareResult.GREATER)))
                .isTrue();
        for (CompareResult result : CompareResult.values()) {
            if (result != CompareResult.UNRECOGNIZED) {
                assertThat(holds(value.setKey(bytes("none")).setResult(result))).isFalse();
            }
        }
    }

    @Test
    void numbersOfTheFutureAreHarmless() {
        Compare.Builder compare = Compare.newBuilder().setKey(bytes("a"));
        assertThat(holds(compare.setTargetValue(9).setResult(CompareResult.EQUAL)))
                .isTrue();
        assertThat(holds(compare.setTargetValue(9).setResult(CompareResult.GREATER)))
                .isFalse();
        assertThat(holds(compare.setTargetValue(0).setVersion(5).setResultValue(9)))
                .isTrue();
    }

    @Test
    void comparesAreEvaluatedBeforeAnyWrite() {
        member.put("a", "1");
        TxnRequest.Builder inner = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(CompareTarget.VALUE)
                        .setKey(bytes("a"))
                        .setValue(bytes("1")))
                .addSuccess(put(putRequest("inner", "old seen")))
                .addFailure(put(putRequest("inner", "new seen")));
        TxnResponse response = member.txn(
                TxnRequest.newBuilder().addSuccess(put(putRequest("a", "2"))).addSuccess(nested(inner)));
        assertThat(response.getSucceeded()).isTrue();
        assertThat(response.getResponses(1).getResponseTxn().getSucceeded()).isTrue();
        assertThat(member.everything()).containsExactly("a=2", "inner=old seen");
    }

    @Test
    void headersHoldTheRevisionAlone() {
        member.put("a", "1");
        TxnResponse response = member.txn(TxnRequest.newBuilder()
                .addSuccess(range("a", 0))
                .addSuccess(put(putRequest("a", "2").setPrevKv(true)))
                .addSuccess(range("a", 0))
                .addSuccess(range("a", 2))
                .addSuccess(delete("none"))
                .addSuccess(nested(TxnRequest.newBuilder().addSuccess(delete("a")))));
        ResponseHeader three = ResponseHeader.newBuilder().setRevision(3).build();
        assertThat(response.getHeader()).isEqualTo(three);
        assertThat(response.getResponses(0).getResponseRange().getHeader().getRevision())
                .isEqualTo(2);
        assertThat(response.getResponses(1).getResponsePut().getHeader()).isEqualTo(three);
        assertThat(response.getResponses(1).getResponsePut().getPrevKv().getValue())
                .isEqualTo(bytes("1"));
        assertThat(response.getResponses(2).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("2"));
        assertThat(response.getResponses(3).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("1"));
        assertThat(response.getResponses(3).getResponseRange().getHeader()).isEqualTo(three);
        assertThat(response.getResponses(4).getResponseDeleteRange().getHeader())
                .isEqualTo(three);
        TxnResponse nested = response.getResponses(5).getResponseTxn();
        assertThat(nested.hasHeader()).isTrue();
        assertThat(nested.getHeader()).isEqualTo(ResponseHeader.getDefaultInstance());
        assertThat(nested.getResponses(0).getResponseDeleteRange().getPrevKvs(0).getValue())
                .isEqualTo(bytes("2"));
        assertThat(member.everything()).isEmpty();
    }

    @Test
    void withoutChangesTheRevisionStays() {
        member.put("a", "1");
        assertThat(member.txn(TxnRequest.newBuilder().addSuccess(delete("none")))
                        .getHeader()
                        .getRevision())
                .isEqualTo(2);
        TxnResponse empty = member.txn(TxnRequest.newBuilder());
        assertThat(empty.getSucceeded()).isTrue();
        assertThat(empty.getHeader().getRevision()).isEqualTo(2);
        assertThat(member.store.currentRevision()).isEqualTo(2);
    }

    @Test
    void everythingIsCheckedBeforeTheFirstWrite() {
        member.put("a", "1");
        member.put("a", "2");
        member.propose(InternalRaftRequest.newBuilder()
                .setCompaction(CompactionRequest.newBuilder().setRevision(3)));
        RequestOp write = put(putRequest("w", "1"));
        assertThat(error(write, put(putRequest("b", "1").setLease(9)))).isEqualTo(EtcdError.LEASE_NOT_FOUND);
        assertThat(error(write, put(putRequest("b", "").setIgnoreValue(true)))).isEqualTo(EtcdError.KEY_NOT_FOUND);
        assertThat(error(write, range("a", 4))).isEqualTo(EtcdError.FUTURE_REVISION);
        assertThat(error(write, range("a", 2))).isEqualTo(EtcdError.COMPACTED);
        assertThat(error(write, range("a", -1))).isEqualTo(EtcdError.COMPACTED);
        assertThat(error(write, nested(TxnRequest.newBuilder().addSuccess(range("a", 9)))))
                .isEqualTo(EtcdError.FUTURE_REVISION);
        // The first mistake counts, whatever its kind.
        assertThat(error(range("a", 2), put(putRequest("b", "1").setLease(9)))).isEqualTo(EtcdError.COMPACTED);
        assertThat(error(put(putRequest("b", "1").setLease(9)), range("a", 2))).isEqualTo(EtcdError.LEASE_NOT_FOUND);
        assertThat(member.everything()).containsExactly("a=2");
        assertThat(member.store.currentRevision()).isEqualTo(3);

        TxnResponse otherBranch =
                member.txn(TxnRequest.newBuilder().addSuccess(write).addFailure(range("a", 9)));
        assertThat(otherBranch.getSucceeded()).isTrue();
    }

    private EtcdError error(RequestOp first, RequestOp second) {
        return member.txnError(TxnRequest.newBuilder().addSuccess(first).addSuccess(second));
    }

    @Test
    void negativeRevisionsOfAStoreNeverCompacted() {
        // -1 is where compaction stands, and so not behind it.
        assertThat(member.txn(TxnRequest.newBuilder().addSuccess(range("a", -1)))
                        .getSucceeded())
                .isTrue();
        assertThat(member.txnError(TxnRequest.newBuilder().addSuccess(range("a", -2))))
                .isEqualTo(EtcdError.COMPACTED);
    }

    @Test
    void readOnlyTransactionsNeedNoLog() throws EtcdException {
        member.put("a", "1");
        member.put("a", "2");
        TxnRequest txn = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(bytes("a")).setVersion(2))
                .addSuccess(range("a", 0))
                .addSuccess(range("a", 2))
                .build();
        TxnResponse response = ReadOnlyTxn.evaluate(member.store, txn);
        assertThat(response.getSucceeded()).isTrue();
        assertThat(response.getHeader().getRevision()).isEqualTo(3);
        assertThat(response.getResponses(0).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("2"));
        assertThat(response.getResponses(1).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("1"));
        assertThat(response.getResponses(1).getResponseRange().getHeader().getRevision())
                .isEqualTo(3);
        assertThatThrownBy(() -> ReadOnlyTxn.evaluate(
                        member.store,
                        TxnRequest.newBuilder().addSuccess(range("a", 4)).build()))
                .hasMessage(EtcdError.FUTURE_REVISION.text());
    }

    @Test
    void tellsReadOnlyAndSerializableTransactions() {
        RequestOp stale = RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setSerializable(true))
                .build();
        TxnRequest.Builder reads = TxnRequest.newBuilder().addSuccess(stale);
        assertThat(ReadOnlyTxn.isReadOnly(reads.build())).isTrue();
        assertThat(ReadOnlyTxn.isSerializable(reads.build())).isTrue();
        reads.addFailure(range("a", 0));
        assertThat(ReadOnlyTxn.isReadOnly(reads.build())).isTrue();
        assertThat(ReadOnlyTxn.isSerializable(reads.build())).isFalse();
        assertThat(ReadOnlyTxn.isReadOnly(
                        TxnRequest.newBuilder().addSuccess(nested(reads)).build()))
                .isFalse();
        assertThat(ReadOnlyTxn.isReadOnly(TxnRequest.getDefaultInstance())).isTrue();
    }
}
