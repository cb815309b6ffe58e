package io.etcetera.daemon.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.etcetera.daemon.differential.RawCall.Outcome;
import io.etcetera.proto.etcdserverpb.Compare;
import io.etcetera.proto.etcdserverpb.PutRequest;
import io.etcetera.proto.etcdserverpb.RangeRequest;
import io.etcetera.proto.etcdserverpb.RequestOp;
import io.etcetera.proto.etcdserverpb.TxnRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many operations a transaction may have, and how deeply transactions may be nested. */
class TxnLimitsIT {
    private static final String TOO_MANY = "INVALID_ARGUMENT etcdserver: too many operations in txn request";
    private static final String TOO_DEEP =
            "INTERNAL grpc: error unmarshalling request: proto: exceeded maximum recursion depth";
    private static final TxnRequest EMPTY = TxnRequest.getDefaultInstance();

    /** Transactions in one another that protobuf for Go still parses, if the innermost is empty. */
    private static final int DEEPEST = 5_000;

    @SuppressWarnings("NullAway.Init") // every test begins with starting them
    private TwoServers servers;

    @Test
    void theBudgetIsTheSame(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory)) {
            servers = started;
            checkBudget(128);
            checkNestedBudgets(128);
        }
    }

    @Test
    void aBudgetOfOneIsKeptTo(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory, "--max-txn-ops=1")) {
            servers = started;
            checkBudget(1);
            checkNestedBudgets(1);
        }
    }

    @Test
    void noBudgetLeavesTheEmptyTransaction(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory, "--max-txn-ops=0")) {
            servers = started;
            assertThat(both(EMPTY.toByteArray()).isOk()).isTrue();
            assertThat(both(success(1)).status()).isEqualTo(TOO_MANY);
        }
    }

    @Test
    void aLargeBudgetIsKeptTo(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory, "--max-txn-ops=10000")) {
            servers = started;
            checkBudget(10_000);
        }
    }

    @Test
    void nestingEndsWithTheBudget(@TempDir Path directory) throws Exception {
        try (TwoServers started = TwoServers.start(directory)) {
            servers = started;
            for (int levels : new int[] {1, 2, 45, 46, 47, 90, 100, 127, 128, 129}) {
                assertThat(both(NestedTxns.encode(levels, EMPTY)).isOk()).isTrue();
            }
            assertThat(both(NestedTxns.encode(128, put("leaf"))).isOk()).isTrue();
            assertThat(both(NestedTxns.encode(129, put("leaf"))).status()).isEqualTo(TOO_MANY);
            for (int levels : new int[] {130, 200, DEEPEST - 1, DEEPEST}) {
                assertThat(both(NestedTxns.encode(levels, EMPTY)).status()).isEqualTo(TOO_MANY);
            }
            for (int levels : new int[] {DEEPEST + 1, 6_000, 90_000, 200_000}) {
                assertThat(both(NestedTxns.encode(levels, EMPTY)).status()).isEqualTo(TOO_DEEP);
            }
        }
    }

    @Test
    void theDeepestThatIsAcceptedIsAppliedAndSurvivesACrash(@TempDir Path directory) throws Exception {
        // Nothing gets into the store by itself: after the crash, all of it has to come out of the log.
        try (TwoServers started = TwoServers.start(
                directory, "--max-txn-ops=10000", "--backend-batch-interval=1h", "--backend-batch-limit=1000000")) {
            servers = started;
            assertThat(both(NestedTxns.encode(DEEPEST - 1, put("deepest"))).isOk())
                    .isTrue();
            assertThat(both(NestedTxns.encode(DEEPEST, EMPTY)).isOk()).isTrue();
            assertThat(both(NestedTxns.encode(DEEPEST, put("deeper"))).status()).isEqualTo(TOO_DEEP);
            assertThat(both(NestedTxns.encode(DEEPEST + 1, EMPTY)).status()).isEqualTo(TOO_DEEP);
            String before = range().answer();

            servers.killAndRestart();

            assertThat(range().answer()).isEqualTo(before).contains(hex("deepest"));
            assertThat(both(NestedTxns.encode(DEEPEST - 1, put("after"))).isOk())
                    .isTrue();
            servers.killAndRestart();
            assertThat(range().answer()).contains(hex("after"));
        }
    }

    /** At the budget and one above it: compares, both branches, and one of them together with another. */
    private void checkBudget(int budget) {
        IntConsumer fits = count -> {
            assertThat(both(compares(count)).isOk()).isTrue();
            assertThat(both(success(count)).isOk()).isTrue();
            assertThat(both(failure(count)).isOk()).isTrue();
        };
        fits.accept(budget);
        assertThat(both(compares(budget + 1)).status()).isEqualTo(TOO_MANY);
        assertThat(both(success(budget + 1)).status()).isEqualTo(TOO_MANY);
        assertThat(both(failure(budget + 1)).status()).isEqualTo(TOO_MANY);
        // The largest of the three counts, not their sum.
        TxnRequest.Builder all = TxnRequest.newBuilder();
        for (int i = 0; i < budget; i++) {
            all.addCompare(compare(i)).addSuccess(read(i)).addFailure(read(i));
        }
        assertThat(both(all.build().toByteArray()).isOk()).isTrue();
    }

    /** What is nested has what its parent leaves; siblings do not share it. Mistakes come in the order of the walk. */
    private void checkNestedBudgets(int budget) {
        for (int outer = 1; outer <= budget; outer = outer * 2 + 1) {
            for (int inner : new int[] {0, 1, budget - outer - 1, budget - outer, budget - outer + 1}) {
                if (inner >= 0) {
                    both(withNested(outer, inner));
                }
            }
        }
        both(TxnRequest.newBuilder()
                .addCompare(Compare.getDefaultInstance())
                .addSuccess(nested(reads(budget + 1)))
                .build()
                .toByteArray());
        both(TxnRequest.newBuilder()
                .addSuccess(nested(reads(budget + 1)))
                .addSuccess(RequestOp.getDefaultInstance())
                .build()
                .toByteArray());
        both(TxnRequest.newBuilder()
                .addSuccess(RequestOp.getDefaultInstance())
                .addSuccess(nested(reads(budget + 1)))
                .build()
                .toByteArray());
    }

    /** Asks both, and has them agree. */
    private Outcome both(byte[] request) {
        Outcome stock = RawCall.unary(servers.stock(), "KV/Txn", request);
        Outcome ours = RawCall.unary(servers.ours(), "KV/Txn", request);
        assertThat(ours).isEqualTo(stock);
        return ours;
    }

    private Outcome range() {
        byte[] everything = RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build()
                .toByteArray();
        Outcome stock = RawCall.unary(servers.stock(), "KV/Range", everything);
        Outcome ours = RawCall.unary(servers.ours(), "KV/Range", everything);
        assertThat(ours).isEqualTo(stock);
        return ours;
    }

    private static byte[] withNested(int outer, int inner) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < outer; i++) {
            txn.addSuccess(nested(reads(inner)));
        }
        return txn.build().toByteArray();
    }

    private static byte[] compares(int count) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            txn.addCompare(compare(i));
        }
        return txn.build().toByteArray();
    }

    private static byte[] success(int count) {
        return reads(count).toByteArray();
    }

    private static byte[] failure(int count) {
        return TxnRequest.newBuilder()
                .addAllFailure(reads(count).getSuccessList())
                .build()
                .toByteArray();
    }

    private static TxnRequest reads(int count) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            txn.addSuccess(read(i));
        }
        return txn.build();
    }

    private static TxnRequest put(String key) {
        PutRequest put =
                PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
        return TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(put))
                .build();
    }

    private static RequestOp nested(TxnRequest txn) {
        return RequestOp.newBuilder().setRequestTxn(txn).build();
    }

    private static RequestOp read(int i) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(key(i)))
                .build();
    }

    private static Compare compare(int i) {
        return Compare.newBuilder().setKey(key(i)).build();
    }

    private static ByteString key(int i) {
        return ByteString.copyFromUtf8("key" + i);
    }

    private static String hex(String key) {
        return HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8));
    }
}
