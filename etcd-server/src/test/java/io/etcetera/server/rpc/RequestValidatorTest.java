package io.etcetera.server.rpc;

import static io.etcetera.server.rpc.Requests.bytes;
import static io.etcetera.server.rpc.Requests.deleteOp;
import static io.etcetera.server.rpc.Requests.put;
import static io.etcetera.server.rpc.Requests.putOp;
import static io.etcetera.server.rpc.Requests.range;
import static io.etcetera.server.rpc.Requests.rangeOp;
import static io.etcetera.server.rpc.Requests.txnOp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.DeleteRangeRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import io.etcetera.server.EtcdError;
import io.etcetera.server.EtcdException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestValidatorTest {
    private static final int MAX_OPS = 4;

    private final RequestValidator validator = new RequestValidator(MAX_OPS);

    @Test
    void ranges() {
        assertThat(error(() -> validator.check(range("k").build()))).isNull();
        assertThat(error(() -> validator.check(RangeRequest.getDefaultInstance())))
                .isEqualTo(EtcdError.EMPTY_KEY);
        assertThat(error(() -> validator.check(range("k").setSortOrderValue(9).build())))
                .isEqualTo(EtcdError.INVALID_SORT_OPTION);
        assertThat(error(() -> validator.check(range("k").setSortTargetValue(9).build())))
                .isEqualTo(EtcdError.INVALID_SORT_OPTION);
        assertThat(error(() -> validator.check(
                        RangeRequest.newBuilder().setSortTargetValue(9).build())))
                .isEqualTo(EtcdError.EMPTY_KEY);
    }

    @Test
    void streamedRanges() {
        assertThat(error(() -> validator.checkStream(range("k").build()))).isNull();
        assertThat(error(() ->
                        validator.checkStream(range("k").setSortTargetValue(3).build())))
                .isNull();
        assertThat(error(() ->
                        validator.checkStream(range("k").setSortOrderValue(1).build())))
                .isNull();
        assertThat(error(() ->
                        validator.checkStream(range("k").setSortOrderValue(2).build())))
                .isEqualTo(EtcdError.STREAM_SORT_UNSUPPORTED);
        assertThat(error(() -> validator.checkStream(
                        range("k").setSortOrderValue(1).setSortTargetValue(3).build())))
                .isEqualTo(EtcdError.STREAM_SORT_UNSUPPORTED);
        assertThat(error(() ->
                        validator.checkStream(range("k").setMinModRevision(-1).build())))
                .isEqualTo(EtcdError.STREAM_FILTER_UNSUPPORTED);
        assertThat(error(() ->
                        validator.checkStream(range("k").setMaxCreateRevision(1).build())))
                .isEqualTo(EtcdError.STREAM_FILTER_UNSUPPORTED);
        assertThat(error(() ->
                        validator.checkStream(range("k").setSortOrderValue(9).build())))
                .isEqualTo(EtcdError.INVALID_SORT_OPTION);
    }

    @Test
    void puts() {
        assertThat(error(() -> validator.check(put("k", "v").build()))).isNull();
        assertThat(error(() -> validator.check(put("", "v").build()))).isEqualTo(EtcdError.EMPTY_KEY);
        assertThat(error(
                        () -> validator.check(put("k", "v").setIgnoreValue(true).build())))
                .isEqualTo(EtcdError.VALUE_PROVIDED);
        assertThat(error(() -> validator.check(put("k", "").setIgnoreValue(true).build())))
                .isNull();
        assertThat(error(() -> validator.check(
                        put("k", "").setIgnoreLease(true).setLease(3).build())))
                .isEqualTo(EtcdError.LEASE_PROVIDED);
        assertThat(error(() -> validator.check(put("k", "v")
                        .setIgnoreValue(true)
                        .setIgnoreLease(true)
                        .setLease(3)
                        .build())))
                .isEqualTo(EtcdError.VALUE_PROVIDED);
    }

    @Test
    void deletes() {
        assertThat(error(() -> validator.check(DeleteRangeRequest.getDefaultInstance())))
                .isEqualTo(EtcdError.EMPTY_KEY);
    }

    @Test
    void operationsOfTransactions() {
        assertThat(txn(RequestOp.getDefaultInstance())).isEqualTo(EtcdError.KEY_NOT_FOUND);
        assertThat(txn(putOp(""))).isEqualTo(EtcdError.EMPTY_KEY);
        assertThat(txn(txnOp(List.of(rangeOp("")), List.of()))).isEqualTo(EtcdError.EMPTY_KEY);
        assertThat(error(() -> validator.check(TxnRequest.newBuilder()
                        .addCompare(Compare.getDefaultInstance())
                        .build())))
                .isEqualTo(EtcdError.EMPTY_KEY);
        // Everything else is checked before duplicates are looked for.
        assertThat(txn(putOp("a"), putOp("a"), rangeOp(""))).isEqualTo(EtcdError.EMPTY_KEY);
    }

    @Test
    void numberOfOperations() {
        List<RequestOp> four = List.of(rangeOp("a"), rangeOp("b"), rangeOp("c"), rangeOp("d"));
        List<RequestOp> five = new ArrayList<>(four);
        five.add(rangeOp("e"));
        assertThat(txn(four, List.of())).isNull();
        assertThat(txn(List.of(), five)).isEqualTo(EtcdError.TOO_MANY_OPS);
        TxnRequest.Builder compares = TxnRequest.newBuilder();
        five.forEach(op -> compares.addCompare(Compare.newBuilder().setKey(bytes("a"))));
        assertThat(error(() -> validator.check(compares.build()))).isEqualTo(EtcdError.TOO_MANY_OPS);
        // What is nested has what the parent leaves.
        assertThat(txn(List.of(txnOp(four.subList(0, 3), List.of())), List.of()))
                .isNull();
        assertThat(txn(List.of(txnOp(four, List.of())), List.of())).isEqualTo(EtcdError.TOO_MANY_OPS);
        assertThat(txn(List.of(txnOp(four.subList(0, 2), List.of())), four)).isEqualTo(EtcdError.TOO_MANY_OPS);
    }

    /** Each of these was put to a stock server. */
    @Test
    void duplicateKeys() {
        EtcdError refused = EtcdError.DUPLICATE_KEY;
        assertThat(txn(putOp("k"), putOp("k"))).isEqualTo(refused);
        assertThat(txn(putOp("k"), putOp("l"))).isNull();
        assertThat(txn(putOp("k"), deleteOp("a", "z"))).isEqualTo(refused);
        assertThat(txn(deleteOp("a", "z"), putOp("k"))).isEqualTo(refused);
        assertThat(txn(deleteOp("k", ""), putOp("k"))).isEqualTo(refused);
        assertThat(txn(deleteOp("a", "q"), deleteOp("c", "q"))).isNull();
        assertThat(txn(deleteOp("a", "k"), putOp("k"))).isNull();
        assertThat(txn(deleteOp("q", "a"), putOp("k"))).isNull();
        assertThat(txn(deleteOp("k", "a"), putOp("k"))).isNull();
        assertThat(txn(deleteOp("a", "\0"), putOp("k"))).isNull();
        assertThat(txn(putOp("k"), deleteOp("a", "\0"))).isNull();
        assertThat(txn(deleteOp("l", "\0"), putOp("k"))).isNull();
        assertThat(txn(List.of(putOp("k")), List.of(putOp("k")))).isNull();
        assertThat(txn(List.of(), List.of(putOp("k"), putOp("k")))).isEqualTo(refused);
    }

    @Test
    void duplicateKeysOfNestedTransactions() {
        EtcdError refused = EtcdError.DUPLICATE_KEY;
        List<RequestOp> put = List.of(putOp("k"));
        List<RequestOp> delete = List.of(deleteOp("a", "z"));
        List<RequestOp> none = List.of();
        assertThat(txn(txnOp(put, put))).isNull();
        assertThat(txn(putOp("k"), txnOp(put, none))).isEqualTo(refused);
        assertThat(txn(txnOp(none, put), putOp("k"))).isEqualTo(refused);
        assertThat(txn(txnOp(put, none), txnOp(none, put))).isEqualTo(refused);
        assertThat(txn(txnOp(put, none), txnOp(none, delete))).isNull();
        assertThat(txn(txnOp(delete, none), txnOp(none, put))).isEqualTo(refused);
        assertThat(txn(putOp("k"), txnOp(delete, none))).isEqualTo(refused);
        assertThat(txn(deleteOp("a", "z"), txnOp(delete, none))).isNull();
        assertThat(txn(txnOp(List.of(deleteOp("a", "\0")), none), putOp("k"))).isNull();
    }

    /** Many deletes, melted into intervals, must answer like the deletes one by one. */
    @Test
    void manyDeletes() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<RequestOp> ops = new ArrayList<>();
            List<String[]> deletes = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String[] delete = {letter(random), random.nextInt(5) == 0 ? "\0" : letter(random)};
                deletes.add(delete);
                ops.add(deleteOp(delete[0], delete[1]));
            }
            String key = letter(random);
            ops.add(putOp(key));
            Collections.shuffle(ops, random);
            boolean deleted = deletes.stream().anyMatch(d -> key.compareTo(d[0]) >= 0 && key.compareTo(d[1]) < 0);
            RequestValidator large = new RequestValidator(100);
            assertThat(error(() -> large.check(
                            TxnRequest.newBuilder().addAllSuccess(ops).build())))
                    .as("seed %d", seed)
                    .isEqualTo(deleted ? EtcdError.DUPLICATE_KEY : null);
        }
    }

    private static String letter(Random random) {
        return String.valueOf((char) ('a' + random.nextInt(26)));
    }

    private @Nullable EtcdError txn(RequestOp... success) {
        return txn(List.of(success), List.of());
    }

    private @Nullable EtcdError txn(List<RequestOp> success, List<RequestOp> failure) {
        return error(() -> validator.check(TxnRequest.newBuilder()
                .addAllSuccess(success)
                .addAllFailure(failure)
                .build()));
    }

    private static @Nullable EtcdError error(ThrowingCallable check) {
        return catchThrowable(check) instanceof EtcdException e ? e.error() : null;
    }
}
